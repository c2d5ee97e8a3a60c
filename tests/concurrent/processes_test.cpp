/// \file
/// Races between 4 processes of 32 threads on one database.

#include "scenarios.hpp"

#include "support/catch.hpp"

#include <algorithm>

using namespace clinic::test;

namespace {

constexpr int processes = 4, threads = 32;

}  // namespace

TEST_CASE("processes that register one email leave one account and one patient", "[PORTAL-4][MODEL-1]") {
  one_email(Arena(processes, threads));
}
TEST_CASE("processes that register one phone leave one account and one patient", "[PORTAL-4][MODEL-1]") {
  one_phone(Arena(processes, threads));
}
TEST_CASE("processes that register one national ID leave one patient", "[PORTAL-4][MODEL-2]") {
  one_national_id(Arena(processes, threads));
}
/// 10,000 on SQLite; 2,500 on servers, which is enough to have every block of numbers taken in a race (CLINIC_SOAK=4:
/// all).
TEST_CASE("processes that register thousands of different people give each a number of its own", "[NUM-2][PORTAL-4]") {
  different_people(Arena(processes, threads), soak(backend_under_test() == Backend::sqlite ? 10000 : 2500));
}
TEST_CASE("processes that let a person in by every way keep user and patient together",
          "[MODEL-5][SYNC-1][SYNC-2][SYNC-3][SYNC-4]") {
  const auto* profile = GENERATE("standard", "email-sync");
  CAPTURE(profile);
  every_way_in(Arena(processes, 8), profile, soak(24));
}
/// CLINIC_SOAK=5: two hundred calls of each kind. Forty at the least, or an account may never be there to be unlinked.
TEST_CASE("processes that let ten people in by phone, web and desk keep user and patient together",
          "[SYNC-9][SYNC-10][PHONE-2][PHONE-4]") {
  every_way_by_phone(Arena(2, threads), std::max(40, soak(40)));
}
TEST_CASE("processes with one idempotency key do the thing once", "[HTTP-5]") {
  one_idempotency_key(Arena(processes, threads));
}
TEST_CASE("of processes that update one version one wins", "[MODEL-9]") { one_version(Arena(processes, threads)); }
TEST_CASE("processes that update without a version lose nothing", "[MODEL-9][STORE-3]") {
  updates_without_version(Arena(processes, threads), soak(3));
}
TEST_CASE("what processes changed of an account stays while it is unlinked", "[MODEL-9][SYNC-12]") {
  updates_of_unlinked(Arena(processes, 8), soak(80));
}
TEST_CASE("processes that clean up at once remove everything once", "[AUTH-6]") {
  clean_up_at_once(Arena(processes, 8), 2000);
}
TEST_CASE("processes that open a new database at once make one schema, and share one key", "[CONF-3][STORE-2]") {
  for (int round = 0; round < soak(6); ++round)
    opening_at_once(Arena(processes, 2));
}
TEST_CASE("sync.run in several processes among registrations counts everything once", "[SYNC-5]") {
  sync_among_registrations(Arena(processes, 8), 100, 10);
}
