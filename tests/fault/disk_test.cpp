/// \file
/// What the disk is asked for before an answer, and what becomes of a call when the disk fails.

#include "interposed.hpp"

#include "calls.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/test_database.hpp"

#include <boost/algorithm/string/join.hpp>
#include <boost/json.hpp>

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

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

/// The database as it is found after a loss of power at this moment.
std::unique_ptr<TestDatabase> after_power_loss(const TestDatabase& database) {
  auto found = std::make_unique<TestDatabase>(Backend::sqlite);
  for (const auto* file : {"", "-wal"})
    std::ofstream(found->file() + file, std::ios::binary) << disk::on_disk(database.file() + file);
  return found;
}

/// Somebody who began to read and goes on.
struct Reader {
  sqlite3* handle = nullptr;
  explicit Reader(const std::string& file) {
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "BEGIN; SELECT COUNT(*) FROM patients", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~Reader() { sqlite3_close(handle); }
};

std::string with_number(const std::string& number) {
  return R"({"number":")" + number + R"(","first_name":"A","last_name":"B"})";
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

TEST_CASE("writers do not wait for each other's disk, and none is answered before its own commit is on it",
          "[sqlite][STORE-3]") {
  constexpr int writers = 8;
  TestDatabase database(Backend::sqlite);
  Watching watching(database);
  const auto clinic = open_clinic(plan_on(database));
  const auto register_one = [&](int i) {
    return call(session(clinic), "patients.register", with_number("S" + std::to_string(i))).code;
  };
  const bool disk_fails = GENERATE(false, true);
  const int before = disk::syncs();
  disk::hold_syncs(true);
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < writers; ++i)
    answers.push_back(std::async(std::launch::async, register_one, i));
  const struct LetGo {
    ~LetGo() { disk::hold_syncs(false); }
  } let_go;  // before the answers are waited for, also where a check fails
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (database.number("SELECT COUNT(*) FROM patients") < writers) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
  for (const auto& answer : answers)
    REQUIRE(answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  if (disk_fails) disk::fail_sync(1);  // the first one has a commit or some; the second all others
  disk::hold_syncs(false);
  int done = 0;
  for (auto& answer : answers) {
    const auto code = answer.get();
    done += code == "done";
    if (code != "done") CHECK(code == "outcome_unknown");
  }
  CHECK(disk::failed() == disk_fails);
  if (disk_fails)
    CHECK((done > 0 && done < writers));
  else
    CHECK(done == writers);
  CHECK(disk::syncs() - before < writers);
}

TEST_CASE("a loss of power at any moment loses nobody who was answered", "[sqlite][PORTAL-4][STORE-3]") {
  constexpr int writers = 8, each = 60, losses = 20;
  TestDatabase database(Backend::sqlite);
  Watching watching(database);
  const auto clinic = open_clinic(plan_on(database));
  std::mutex mutex;
  std::vector<std::string> answered;
  const auto so_far = [&] {
    const std::lock_guard lock(mutex);
    return answered;
  };
  const auto write = [&](int writer) {
    const auto desk = session(clinic);
    for (int i = 0; i < each; ++i) {
      const auto number = std::to_string(writer) + "-" + std::to_string(i);
      if (call(desk, "patients.register", with_number(number)).code != "done") return;
      const std::lock_guard lock(mutex);
      answered.push_back("'" + number + "'");
    }
  };
  std::vector<std::future<void>> writing;
  for (int writer = 0; writer < writers; ++writer)
    writing.push_back(std::async(std::launch::async, write, writer));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  for (int loss = 1; loss <= losses; ++loss) {
    while (so_far().size() < static_cast<std::size_t>(loss * writers * each / (losses + 1))) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::yield();
    }
    const auto known = so_far();
    const auto found = after_power_loss(database);
    CHECK(found->number("SELECT COUNT(*) FROM patients WHERE number IN (" + boost::algorithm::join(known, ",") + ")") ==
          static_cast<std::int64_t>(known.size()));
    REQUIRE(broken_invariants(*found) == Lines{});
  }
  for (auto& writer : writing)
    writer.get();
  CHECK(answered.size() == writers * each);
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
    const auto own_number = with_number("S1");  // no sequence is asked
    disk::fail_sync(0);
    const auto answer = call(desk, "patients.register", own_number);
    CHECK(disk::failed());
    CHECK(answer.code == "outcome_unknown");
  }
  SECTION("with one the call settles it and does the thing once") {
    disk::fail_sync(0);
    const auto answer = call(desk, "patients.register", with_number("S1"), "k");
    CHECK(disk::failed());
    CHECK(answer.code == "done");
    CHECK(database.number("SELECT COUNT(*) FROM patients WHERE number = 'S1'") == 1);
    CHECK(call(desk, "patients.register", with_number("S1"), "k").text == answer.text);
    CHECK(disk::unsynced() == std::set<std::string>{});
  }
  SECTION("what was to be written then is written before the next one is answered, whoever reads meanwhile") {
    const Reader reader(database.file());
    disk::fail_sync(0);
    CHECK(call(desk, "patients.register", with_number("S1")).code == "outcome_unknown");
    CHECK(call(desk, "patients.register", with_number("S2")).code == "done");
    const auto found = after_power_loss(database);
    CHECK(found->number("SELECT COUNT(*) FROM patients WHERE number IN ('S1', 'S2')") == 2);
    CHECK(broken_invariants(*found) == Lines{});
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
