/// \file
/// What the disk is asked for before an answer, and what becomes of a call when the disk fails.

#include "interposed.hpp"

#include "calls.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/test_database.hpp"

#include <boost/json.hpp>

#include <filesystem>

using namespace clinic;
using namespace clinic::test;
using Lines = std::vector<std::string>;

namespace {

/// Nothing of the interposition stays on when a test ends, however it ends.
struct Watching {
  explicit Watching(const TestDatabase& database) { disk::watch(database.folder().path().string()); }
  ~Watching() { disk::watch({}); }
};

/// Every table that a registration writes.
std::string person(int i) {
  const auto n = std::to_string(i);
  return R"({"first_name":"Amina","last_name":"Odhiambo","email":"p)" + n + R"(@example.org","national_id":"N)" + n +
         R"(","medical_history":"asthma","identifiers":[{"system":"mrn","value":")" + n +
         R"("}],"create_portal_account":true})";
}

std::int64_t patients(const TestDatabase& database, int i) {
  return database.number("SELECT COUNT(*) FROM patients WHERE email_key = 'p" + std::to_string(i) + "@example.org'");
}

}  // namespace

TEST_CASE("a registration is on the disk before it is answered", "[sqlite][PORTAL-4][STORE-3]") {
  TestDatabase database(Backend::sqlite);
  Watching watching(database);
  const auto clinic = open_clinic(plan_on(database));
  const auto desk = session(clinic);
  for (int i = 0; i < 300; ++i) {  // enough for the log to be carried over into the database some times
    const int before = disk::syncs();
    REQUIRE(call(desk, "patients.register", i % 2 ? person(i) : R"({"first_name":"A","last_name":"B"})").code ==
            "done");
    REQUIRE(disk::syncs() > before);
    REQUIRE(disk::unsynced() == std::set<std::string>{});
  }
}

TEST_CASE("synchronous=normal answers before the disk does", "[sqlite]") {
  TestDatabase database(Backend::sqlite);
  Watching watching(database);
  const auto clinic = open_clinic(plan_on(database, "synchronous=normal"));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  const int before = disk::syncs();
  REQUIRE(call(desk, "patients.register", person(1)).code == "done");
  CHECK(disk::syncs() == before);
  CHECK(disk::unsynced() == std::set{database.file() + "-wal"});
}

TEST_CASE("a disk that gets full in the middle of a registration leaves nothing half done",
          "[sqlite][PORTAL-4][STORE-3]") {
  TestDatabase database(Backend::sqlite);
  const auto clinic = open_clinic(plan_on(database));
  const auto desk = session(clinic);
  Watching watching(database);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  int refused = 0, i = 1;
  for (int write = 0;; ++write, ++i) {
    CAPTURE(write);
    disk::fail_writes_from(write);
    const auto answer = call(desk, "patients.register", person(i));
    disk::fail_writes_from(-1);
    const bool hit = disk::failed();
    CAPTURE(answer.text);
    if (!hit) {
      REQUIRE(answer.code == "done");
      break;
    }
    if (answer.code == "done") {  // what failed then was not the commit, but carrying the log over
      CHECK(patients(database, i) == 1);
    } else {
      ++refused;
      CHECK(answer.code == "unavailable");
      CHECK(patients(database, i) == 0);
    }
    REQUIRE(broken_invariants(database) == Lines{});
    // With room again, the same registration goes through.
    if (answer.code != "done") REQUIRE(call(desk, "patients.register", person(i)).code == "done");
  }
  CHECK(refused > 5);
  REQUIRE(broken_invariants(database) == Lines{});
}

TEST_CASE("a new database on a full disk is not opened, and is opened when there is room", "[sqlite][STORE-3]") {
  for (int write = 0; write < 400; ++write) {
    CAPTURE(write);
    TestDatabase database(Backend::sqlite);
    Watching watching(database);
    disk::fail_writes_from(write);
    ErrorCode code{};
    bool opened = false;
    try {
      const auto clinic = open_clinic(plan_on(database));
      opened = true;
    } catch (const Error& error) {
      code = error.code();
    }
    disk::fail_writes_from(-1);
    const bool hit = disk::failed();
    if (!opened) CHECK(code == ErrorCode::unavailable);
    const auto clinic = open_clinic(plan_on(database));
    REQUIRE(call(session(clinic), "patients.register", person(0)).code == "done");
    REQUIRE(broken_invariants(database) == Lines{});
    if (!hit) return;
  }
  FAIL("opening writes without end");
}

TEST_CASE("a commit that the disk does not confirm is answered as of unknown outcome", "[sqlite][STORE-3][HTTP-5]") {
  TestDatabase database(Backend::sqlite);
  const auto clinic = open_clinic(plan_on(database));
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", person(0)).code == "done");
  Watching watching(database);

  SECTION("without an idempotency key the caller is told") {
    const std::string own_number = R"({"number":"S1","first_name":"A","last_name":"B"})";  // no sequence is asked
    disk::fail_sync(0);
    const auto answer = call(desk, "patients.register", own_number);
    CHECK(disk::failed());
    CHECK(answer.code == "outcome_unknown");
  }
  SECTION("with one the call settles it and does the thing once") {
    disk::fail_sync(0);
    const auto answer = call(desk, "patients.register", R"({"number":"S1","first_name":"A","last_name":"B"})", "k");
    CHECK(disk::failed());
    CHECK(answer.code == "done");
    CHECK(database.number("SELECT COUNT(*) FROM patients WHERE number = 'S1'") == 1);
    CHECK(call(desk, "patients.register", R"({"number":"S1","first_name":"A","last_name":"B"})", "k").text ==
          answer.text);
  }
  SECTION("a lost block of numbers is a gap") {
    for (int i = 1; i < 40; ++i) {
      disk::fail_sync(0);
      const auto answer = call(desk, "patients.register", person(i), "k" + std::to_string(i));
      CHECK(disk::failed());
      CHECK(answer.code == "done");
      CHECK(patients(database, i) == 1);
    }
  }
  CHECK(broken_invariants(database) == Lines{});
  CHECK(call(desk, "patients.register", person(100)).code == "done");
}
