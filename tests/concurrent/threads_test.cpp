/// \file
/// Races between the threads of one process: small enough for the thread sanitizer.

#include "scenarios.hpp"

#include "support/catch.hpp"

using namespace clinic::test;

TEST_CASE("threads that register one email leave one account and one patient", "[concurrent][PORTAL-4][MODEL-1]") {
  one_email(Arena(1, 8));
}
TEST_CASE("threads that register one phone leave one account and one patient", "[concurrent][PORTAL-4][MODEL-1]") {
  one_phone(Arena(1, 8));
}
TEST_CASE("threads that register one national ID leave one patient", "[concurrent][PORTAL-4][MODEL-2]") {
  one_national_id(Arena(1, 8));
}
TEST_CASE("threads that register different people give them different numbers", "[concurrent][NUM-2]") {
  different_people(Arena(1, 8), 160);
}
TEST_CASE("threads that let a person in by every way keep user and patient together",
          "[concurrent][MODEL-5][SYNC-1][SYNC-3][SYNC-4]") {
  const auto* profile = GENERATE("standard", "email-sync");
  CAPTURE(profile);
  every_way_in(Arena(1, 8), profile, 9);
}
TEST_CASE("threads with one idempotency key do the thing once", "[concurrent][HTTP-5]") {
  one_idempotency_key(Arena(1, 8));
}
TEST_CASE("threads that let ten people in by phone, web and desk keep user and patient together",
          "[concurrent][SYNC-9][SYNC-10][PHONE-2][PHONE-4]") {
  every_way_by_phone(Arena(1, 8), 12);
}
TEST_CASE("of threads that update one version one wins", "[concurrent][MODEL-9]") { one_version(Arena(1, 8)); }
TEST_CASE("threads that update without a version lose nothing", "[concurrent][MODEL-9][STORE-3]") {
  updates_without_version(Arena(1, 8), 10);
}
TEST_CASE("what threads changed of an account stays while it is unlinked", "[concurrent][MODEL-9][SYNC-12]") {
  updates_of_unlinked(Arena(1, 8), 80);
}
TEST_CASE("no link outlives the email that it was sent to, however close they are", "[concurrent][AUTH-4][AUTH-5]") {
  links_while_emails_change(Arena(1, 8), 160);
}
TEST_CASE("threads that clean up at once remove everything once", "[concurrent][AUTH-6]") {
  clean_up_at_once(Arena(1, 8), 900);
}
TEST_CASE("of threads that link one user with two patients one wins", "[concurrent][SYNC-12][MODEL-5]") {
  two_links_of_one_user(Arena(1, 8), 40);
}
TEST_CASE("threads that write a patient's first medical history all have their say", "[concurrent][STORE-3]") {
  first_histories(Arena(1, 8));
}
TEST_CASE("threads that give a household with one phone its accounts give one of them the phone",
          "[concurrent][SYNC-7]") {
  one_household(Arena(1, 8));
}
TEST_CASE("threads that open a new database at once make one schema, and share one key", "[concurrent][CONF-3]") {
  opening_at_once(Arena(1, 8));
}
TEST_CASE("sync.run on several threads among registrations counts everything once", "[concurrent][SYNC-5]") {
  sync_among_registrations(Arena(1, 8), 30, 5);
}
