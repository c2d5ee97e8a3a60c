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
TEST_CASE("of threads that update one version one wins", "[concurrent][MODEL-9]") { one_version(Arena(1, 8)); }
TEST_CASE("threads that update without a version lose nothing", "[concurrent][MODEL-9][STORE-3]") {
  updates_without_version(Arena(1, 8), 10);
}
TEST_CASE("threads that open a new database at once make one schema, and share one key", "[concurrent][CONF-3]") {
  opening_at_once(Arena(1, 8));
}
TEST_CASE("sync.run on several threads among registrations counts everything once", "[concurrent][SYNC-5]") {
  sync_among_registrations(Arena(1, 8), 30, 5);
}
