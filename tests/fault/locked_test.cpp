/// \file
/// Somebody else has what a call needs, and does not let go of it.

#include "calls.hpp"
#include "support/folders.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/process.hpp"
#include "support/temp_clinic.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace clinic;
using namespace clinic::test;
using Lines = std::vector<std::string>;

namespace {

/// Has no number yet, and so needs one from the database.
constexpr const char* somebody = R"({"first_name":"A","last_name":"B"})";

/// How long a call waits for a lock, as it stands in a URL.
std::string lock_patience(const TestDatabase& database, int milliseconds) {
  return (database.backend() == Backend::sqlite ? "busy_timeout=" : "lock_timeout=") + std::to_string(milliseconds);
}

/// Another process that keeps the numbers to itself.
class Holder {
 public:
  explicit Holder(const TestDatabase& database) : process_({test::race_worker(), "hold", database.url()}) {
    REQUIRE(process_.line() == "held");
  }
  void let_go() {
    process_.close_input();
    CHECK(process_.wait() == 0);
  }

 private:
  Process process_;
};

}  // namespace

TEST_CASE("a locked database makes calls busy, which may be repeated", "[STORE-3]") {
  const TestDatabase database;
  auto plan = plan_on(database, lock_patience(database, 100));
  plan.policy = R"({"password_hash_cost":4,"audit_reads":false})";
  const auto clinic = open_clinic(plan);
  const auto desk = session(clinic);
  REQUIRE(call(desk, "patients.register", somebody).code == "done");
  Holder other(database);
  CHECK(call(desk, "patients.list", "{}").code == "done");  // readers do not mind
  const auto busy = [&](const std::string& request) {
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = call(desk, "patients.register", request);
    CHECK(answer.code == "busy");
    CHECK(answer.text.find("\"retryable\":true") != answer.text.npos);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));  // waited once, not for each rerun
  };
  busy(somebody);
  if (database.backend() == Backend::sqlite)
    busy(R"({"number":"S1","first_name":"A","last_name":"B"})");  // all who write wait for one lock
  CHECK(database.number("SELECT COUNT(*) FROM patients") == 1);
  other.let_go();
  CHECK(call(desk, "patients.register", somebody).code == "done");
  CHECK(database.number("SELECT COUNT(*) FROM patients") == 2);
  CHECK(broken_invariants(database) == Lines{});
}

TEST_CASE("on a locked database threads that need a number give up together, not one after the other",
          "[STORE-3][NUM-2]") {
  const TestDatabase database;
  constexpr int patience = 2000, threads = 8;
  const auto clinic = open_clinic(plan_on(database, lock_patience(database, patience)));
  REQUIRE(call(session(clinic), "patients.register", somebody).code == "done");
  Holder other(database);
  Plan plan;
  plan.threads = threads;
  plan.mix = {{"patients.register", somebody, {}}};
  std::atomic<int> busy = 0;
  const auto begin = std::chrono::steady_clock::now();
  run_calls(plan, &clinic, [&](const Answer& answer) { busy += answer.code == "busy"; });
  const auto waited = std::chrono::steady_clock::now() - begin;
  CHECK(waited >= std::chrono::milliseconds(patience) * 9 / 10);
  CHECK(waited < std::chrono::milliseconds(patience) * threads / 2);
  CHECK(busy == threads);
  other.let_go();
  CHECK(call(session(clinic), "patients.register", somebody).code == "done");
}

TEST_CASE("a call that waits for a locked database gets through when the lock goes", "[STORE-3]") {
  const TestDatabase database;
  LogLines log;
  auto configuration = test_configuration(database);
  configuration.storage = database.url(lock_patience(database, 60000));
  configuration.log_level = LogLevel::trace;
  Environment environment;
  environment.log = [&](LogLevel, std::string_view line) { log.add(line); };
  const auto clinic = Clinic::open(configuration, environment);
  REQUIRE(call(session(clinic), "patients.register", somebody).code == "done");
  Holder other(database);
  log.clear();
  std::atomic<bool> answered = false;
  Answer answer;
  std::jthread waiting([&] {
    answer = call(session(clinic), "patients.register", somebody);
    answered = true;
  });
  while (log.all().empty())  // until it has said to the database what it wants
    std::this_thread::yield();
  CHECK_FALSE(answered);
  other.let_go();
  waiting.join();
  CHECK(answer.code == "done");
}

TEST_CASE("who is refused while the database is held hears so at once, and the audit has it later",
          "[STORE-3][AUDIT-1]") {
  const TestDatabase database;
  auto clinic = std::optional(open_clinic(plan_on(database, lock_patience(database, 60000))));
  const auto refused = [&](const std::string& name) {
    const auto nurse = clinic->act_as(Actor::system(name, Role::nurse));
    return call(nurse, "patients.register", somebody).code;
  };
  const auto entries = [&](const std::string& name) {
    return database.number("SELECT COUNT(*) FROM audit_entries WHERE outcome = 'refused' AND actor_name = '" + name +
                           "'");
  };
  CHECK(refused("before") == "forbidden");
  CHECK(entries("before") == 1);  // nobody has to wait for it as a rule
  Holder other(database);
  // That the other still holds it when each has been answered is what this is about.
  for (int i = 0; i < 5; ++i)
    CHECK(refused("meanwhile") == "forbidden");
  CHECK(call(clinic->act_as(Actor::system("meanwhile")), "patients.register", "{}").code == "validation_failed");
  if (database.backend() == Backend::sqlite) CHECK(entries("meanwhile") == 0);  // it holds all that is written
  other.let_go();
  SECTION("when it is free") {
    while (entries("meanwhile") < 6)
      std::this_thread::yield();
  }
  SECTION("at the latest when the clinic is closed") { clinic.reset(); }
  CHECK(entries("meanwhile") == 6);
  CHECK(broken_invariants(database) == Lines{});
}

TEST_CASE("fork does not wait long for a refusal that cannot be filed while the database is held",
          "[STORE-3][AUDIT-1][BIND-2]") {
  const TestDatabase database;
  auto clinic = std::optional(open_clinic(plan_on(database, lock_patience(database, 60000))));
  Holder other(database);
  const auto registers = [&] {
    return call(clinic->act_as(Actor::system("nurse", Role::nurse)), "patients.register", somebody).code;
  };
  REQUIRE(registers() == "forbidden");
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(registers() == "closed" ? 7 : 1);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  other.let_go();
  clinic.reset();
  CHECK(database.number("SELECT COUNT(*) FROM audit_entries WHERE outcome = 'refused'") == 1);
}
