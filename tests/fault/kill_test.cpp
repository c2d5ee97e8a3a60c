/// \file
/// kill -9 at any moment.

#include "calls.hpp"
#include "support/folders.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/process.hpp"
#include "support/test_database.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <set>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using Lines = std::vector<std::string>;

namespace {

/// Ways of registration that touch every table and link the two records in every order.
Plan endless_plan(const TestDatabase& database, int process) {
  auto plan = plan_on(database);
  plan.policy = R"({"password_hash_cost":4,"credential_delivery":"invitation"})";
  plan.process = process;
  plan.threads = 4;
  plan.calls = 1000;
  const std::string who = R"("last_name":"Khalil","email":"p{i}@example.org")";
  plan.mix = {{"patients.register",
               R"({"first_name":"Omar",)" + who +
                   R"(,"create_portal_account":true,"national_id":"N{i}","medical_history":"asthma"})",
               {}},
              {"patients.register",
               R"({"first_name":"Nour",)" + who + R"(,"identifiers":[{"system":"mrn","value":"{i}"}]})",
               {}},
              {"users.create", R"({"first_name":"Zain",)" + who + R"(,"role":"patient"})", {}},
              {"patients.register", R"({"first_name":"Mona",)" + who + R"(,"create_portal_account":true})", "key {i}"}};
  return plan;
}

/// The patient of an answered registration, and whether an account was answered with it.
struct Registered {
  std::string id;
  bool account = false;
};

Registered registered_by(const Answer& answer) {
  const auto reply = boost::json::parse(answer.text).as_object();
  return {std::string(reply.at("patient").at("id").as_string()),
          reply.contains("user") || (reply.contains("portal_created") && reply.at("portal_created").as_bool())};
}

/// Of these, those that are not in the database as they were answered.
Lines missing(const TestDatabase& database, const std::vector<Registered>& answered) {
  std::set<std::string> patients, accounts;
  for (const auto& row : database.rows("SELECT id, account_id FROM patients")) {
    patients.emplace(row.at("id").as_string());
    if (row.at("account_id").is_string()) accounts.emplace(row.at("id").as_string());
  }
  Lines missing;
  for (const auto& registered : answered) {
    if (!patients.contains(registered.id)) missing.push_back("patient " + registered.id);
    if (registered.account && !accounts.contains(registered.id)) missing.push_back("account of " + registered.id);
  }
  return missing;
}

}  // namespace

TEST_CASE("kill -9 at any moment of a registration loop leaves whole people, and everybody who was answered",
          "[MODEL-5][PORTAL-4]") {
  // On a server the transactions of the dead are the server's to end, and making tables takes longer: fewer kills, and
  // more of them while tables are made.
  const bool embedded = backend_under_test() == Backend::sqlite;
  const int kills = soak(embedded ? 200 : 60);
  const int kills_of_one_database = embedded ? 20 : 6;
  const int opening_microseconds = embedded ? 60000 : 400000;
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  auto below = [&](int most) { return std::uniform_int_distribution(0, most - 1)(random); };

  std::unique_ptr<TestDatabase> database;
  std::vector<Registered> answered;
  std::size_t all_answered = 0;
  int killed_while_opening = 0;
  for (int kill = 0; kill < kills; ++kill) {
    CAPTURE(kill);
    const int kill_of_this = kill % kills_of_one_database;
    if (kill_of_this == 0) {
      database = std::make_unique<TestDatabase>();
      answered.clear();
    }
    Process worker({test::race_worker(), "run"});
    worker.say(to_line(endless_plan(*database, kill_of_this)));
    // The moment is drawn: while the new database is made (first kills), while it is opened, or some answers and
    // microseconds later.
    const bool while_opening = kill_of_this < 2 || below(10) == 0;
    bool ready = false;
    if (!while_opening) {
      ready = worker.line() == "ready";
      REQUIRE(ready);
      worker.say("go");
      for (int wanted = below(30); wanted > 0; --wanted) {
        const auto line = worker.line();
        REQUIRE(line);
        const auto answer = answer_from(*line);
        CAPTURE(answer.text);
        REQUIRE(answer.code == "done");
        answered.push_back(registered_by(answer));
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(below(while_opening ? opening_microseconds : 4000)));
    worker.kill();
    while (const auto line = worker.line()) {
      if (*line == "ready") continue;
      const auto answer = answer_from(*line);
      REQUIRE(answer.code == "done");
      answered.push_back(registered_by(answer));
      ++all_answered;
    }
    REQUIRE(worker.wait() == -SIGKILL);
    killed_while_opening += while_opening;

    // Whoever opens it next finds everything in order, and goes on.
    if (while_opening) {
      auto plan = endless_plan(*database, 0);
      const auto reply = call(session(open_clinic(plan)), "patients.register", R"({"first_name":"A","last_name":"B"})");
      CAPTURE(reply.text);
      REQUIRE(reply.code == "done");
    }
    REQUIRE(broken_invariants(*database) == Lines{});
    REQUIRE(missing(*database, answered) == Lines{});
  }
  CHECK(killed_while_opening > 0);
  CHECK(all_answered > 0);
  const auto reply = call(session(open_clinic(endless_plan(*database, 0))), "patients.register",
                          R"({"first_name":"A","last_name":"B"})");
  CHECK(reply.code == "done");
}
