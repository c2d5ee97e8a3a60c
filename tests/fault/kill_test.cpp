/// \file
/// kill -9 at any moment.

#include "calls.hpp"
#include "support/folders.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"
#include "support/process.hpp"
#include "support/test_database.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>

using namespace clinic;
using namespace clinic::test;
using Lines = std::vector<std::string>;

namespace {

using Ids = std::set<std::string>;

Ids ids(const TestDatabase& database, const std::string& query) {
  Ids found;
  for (const auto& row : database.rows(query))
    found.emplace(row.at("id").as_string());
  return found;
}

Ids without(const Ids& ids, const Ids& others) {
  Ids left;
  std::set_difference(ids.begin(), ids.end(), others.begin(), others.end(), std::inserter(left, left.end()));
  return left;
}

struct Kills {
  int kills;
  int of_one_database;
  int answers = 30;               ///< the worker is killed after so many answers at the most …
  int microseconds_after = 4000;  ///< … and so much later at the most
};

/// How often something happened in all databases of a test.
using Counts = std::map<std::string, int>;

/// Kills a worker again and again, and looks after each time. A `Work` is made for each database; it makes ready what a
/// worker needs (`before`), says what the worker is to do (`plan`), hears each answer (`answered`) and looks at the
/// database (`expect_whole`). Answers what the works have counted.
template <class Work>
Counts kill_at_any_moment(const Kills& planned) {
  // Making the tables of a server takes longer.
  const int opening_microseconds = backend_under_test() == Backend::sqlite ? 60000 : 400000;
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  auto below = [&](int most) { return std::uniform_int_distribution(0, most - 1)(random); };

  std::unique_ptr<TestDatabase> database;
  std::unique_ptr<Work> work;
  Counts counts;
  int killed_while_opening = 0;
  for (int kill = 0; kill < planned.kills; ++kill) {
    CAPTURE(kill);
    const int kill_of_this = kill % planned.of_one_database;
    if (kill_of_this == 0) {
      work.reset();
      database = std::make_unique<TestDatabase>();
      work = std::make_unique<Work>(*database, counts);
    }
    work->before(kill_of_this);
    const auto hear = [&](const std::string& line) { work->answered(answer_from(line)); };
    Process worker({test::race_worker(), "run"});
    worker.say(to_line(work->plan(kill_of_this)));
    // The moment is drawn: while the new database is made (first kills), while it is opened, or some answers and
    // microseconds later.
    const bool while_opening = kill_of_this < 2 || below(10) == 0;
    if (!while_opening) {
      REQUIRE(worker.line() == "ready");
      worker.say("go");
      for (int wanted = below(planned.answers); wanted > 0; --wanted) {
        const auto line = worker.line();
        REQUIRE(line);
        hear(*line);
      }
    }
    std::this_thread::sleep_for(
        std::chrono::microseconds(below(while_opening ? opening_microseconds : planned.microseconds_after)));
    worker.kill();
    while (const auto line = worker.line()) {
      if (*line == "ready") continue;
      hear(*line);
      ++counts["answered before the kill was seen"];
    }
    REQUIRE(worker.wait() == -SIGKILL);
    killed_while_opening += while_opening;
    // Whoever opens it next finds everything in order, and goes on.
    const auto reply =
        call(session(open_clinic(work->plan(0))), "patients.register", R"({"first_name":"A","last_name":"B"})");
    CAPTURE(reply.text);
    REQUIRE(reply.code == "done");
    work->expect_whole();
  }
  CHECK(killed_while_opening > 0);
  return counts;
}

/// Ways of registration that touch every table and link the two records in every order.
class Registrations {
 public:
  Registrations(const TestDatabase& database, Counts&) : database_(database) {}

  void before(int) const {}

  Plan plan(int process) const {
    auto plan = plan_on(database_);
    plan.policy = R"({"password_hash_cost":4,"credential_delivery":"invitation"})";
    plan.process = process;
    plan.threads = 4;
    plan.calls = 1000;
    const std::string who = R"("last_name":"Khalil","email":"p{i}@example.org")";
    plan.mix = {
        {"patients.register",
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

  void answered(const Answer& answer) {
    CAPTURE(answer.text);
    REQUIRE(answer.code == "done");
    const auto reply = boost::json::parse(answer.text).as_object();
    const std::string id(reply.at("patient").at("id").as_string());
    patients_.insert(id);
    if (reply.contains("user") || (reply.contains("portal_created") && reply.at("portal_created").as_bool()))
      with_account_.insert(id);
  }

  void expect_whole() const {
    REQUIRE(broken_invariants(database_) == Lines{});
    REQUIRE(without(patients_, ids(database_, "SELECT id FROM patients")) == Ids{});
    REQUIRE(without(with_account_, ids(database_, "SELECT id FROM patients WHERE account_id IS NOT NULL")) == Ids{});
  }

 private:
  const TestDatabase& database_;
  Ids patients_, with_account_;  ///< as they were answered
};

/// Bookings by telephone: of callers whom the desk knows, who prove their phones meanwhile, and whom nobody knows.
/// Links by proof and by staff.
class BookingsAndLinks {
 public:
  BookingsAndLinks(const TestDatabase& database, Counts& counts) : database_(database), done_(counts) {}

  Plan plan(int process) const {
    auto plan = plan_on(database_);
    plan.profile = "phone-sync";
    plan.policy = R"({"password_hash_cost":4,"portal_address":"https://portal.example","rate_limits":[],)"
                  R"("attempts_per_account":100,"code_resend_seconds":0})";
    plan.sent = database_.folder().file("sent");
    plan.process = 100 + process;  // so that every {i} has six digits
    plan.people = people;
    plan.threads = 4;
    plan.calls = 1000;
    const auto killed = std::to_string(process);
    const auto phone = R"("phone":"+91988)" + std::to_string(100 + process) + R"(000{p}")";
    const std::string visit = R"("starts_at":"2999-01-05T09:00:00Z","doctor":"Dr. {i}")";
    plan.mix = {
        {"patients.register", "{" + phone + R"(,"first_name":"Desk","last_name":"Rao"})", {}},
        {"ivr.book", "{" + phone + "," + visit + "}", {}},
        {"prove", "{" + phone + R"(,"first_name":"Asha","last_name":"Rao","password":"correct horse {i}"})", {}},
        {"ivr.book", R"({"phone":"+9197{i}00",)" + visit + "}", "key {i}"},
        {"sync.link",
         R"({"user":"U)" + killed + R"(-{p}","patient":"S)" + killed + R"(-{p}","reason":"the same person"})",
         {}}};
    return plan;
  }

  /// Patients and accounts for sync.link to link.
  void before(int process) const {
    const auto clinic = open_clinic(plan(process));
    std::string accounts;
    for (int person = 0; person < people; ++person) {
      const auto id = std::to_string(process) + "-" + std::to_string(person);
      const auto reply = call(session(clinic), "patients.register",
                              R"({"number":"S)" + id + R"(","first_name":"Mona","last_name":"Fahmy"})");
      CAPTURE(reply.text);
      REQUIRE(reply.code == "done");
      accounts += unlinked_user_sql("U" + id, "u" + id + "@example.org");
    }
    // To sync.check an account without a patient is a fault while it is active.
    database_.rows("BEGIN;" + accounts + "UPDATE users SET active = 0 WHERE id LIKE 'U%'; COMMIT;");
  }

  void answered(const Answer& answer) {
    static const std::set<std::string> allowed{"done", "duplicate_phone", "phone_already_registered", "already_linked",
                                               "not_found"};
    CAPTURE(answer.operation, answer.text);
    REQUIRE(allowed.contains(answer.code));
    if (answer.code != "done") return;
    ++done_[answer.operation];
    const auto reply = boost::json::parse(answer.text);
    const auto id = [&](const char* record) { return std::string(reply.at(record).at("id").as_string()); };
    if (answer.operation == "ivr.book") booked_.insert(id("appointment"));
    if (answer.operation == "sync.link") linked_.insert(id("patient"));
    if (answer.operation == "prove") linked_.emplace(reply.at("user").as_string());
  }

  void expect_whole() const {
    const auto checked = call(session(open_clinic(plan(0))), "sync.check", "{}");
    CAPTURE(checked.text);
    REQUIRE(checked.code == "done");
    REQUIRE(boost::json::parse(checked.text).at("valid").as_bool());
    REQUIRE(without(booked_, ids(database_,
                                 "SELECT a.id FROM appointments a JOIN patients p ON p.id = a.patient_id "
                                 "WHERE p.status <> 'merged'")) == Ids{});
    REQUIRE(without(linked_, ids(database_,
                                 "SELECT p.id FROM patients p JOIN users u ON u.id = p.account_id "
                                 "WHERE u.patient_id = p.id AND u.id = p.id AND u.active = 1")) == Ids{});
    // A booking is answered from one transaction: without an appointment there is no placeholder.
    REQUIRE(ids(database_,
                "SELECT id FROM patients p WHERE placeholder = 'phone_booking' AND NOT EXISTS "
                "(SELECT 1 FROM appointments a WHERE a.patient_id = p.id)") == Ids{});
  }

 private:
  static constexpr int people = 10;
  const TestDatabase& database_;
  Counts& done_;
  Ids booked_, linked_;  ///< as they were answered
};

/// Users and patients from elsewhere whom sync.run links, or makes a patient for.
class Runs {
 public:
  Runs(const TestDatabase& database, Counts& counts) : database_(database), counts_(counts) {}

  Plan plan(int) const {
    auto plan = plan_on(database_);
    plan.policy = R"({"password_hash_cost":4,"match_keys":["email"],"on_match":"link"})";
    plan.threads = 2;
    plan.calls = 1000;  // more than a quick machine has done before it is killed
    plan.mix = {{"sync.run", "{}", {}}};
    return plan;
  }

  void before(int process) {
    const auto clinic = open_clinic(plan(process));
    std::string accounts;
    for (int person = 0; person < people; ++person) {
      const auto id = std::to_string(process) + "-" + std::to_string(person);
      const auto email = "u" + id + "@example.org";
      accounts += unlinked_user_sql("U" + id, email);
      if (person % 4 == 0) continue;
      const auto reply = call(session(clinic), "patients.register",
                              R"({"first_name":"Mona","last_name":"Fahmy","email":")" + email + "\"}");
      CAPTURE(reply.text);
      REQUIRE(reply.code == "done");
    }
    database_.rows("BEGIN;" + accounts + "COMMIT;");
  }

  void answered(const Answer& answer) const {
    CAPTURE(answer.text);
    REQUIRE(answer.code == "done");
  }

  void expect_whole() const {
    REQUIRE(broken_invariants(database_, Accounts::some_unlinked) == Lines{});
    const auto left = database_.number("SELECT COUNT(*) FROM users WHERE patient_id IS NULL");
    counts_["killed in the middle"] += left > 0 && left < people;
    const auto clinic = open_clinic(plan(0));
    const auto run = call(session(clinic), "sync.run", "{}");
    CAPTURE(run.text);
    REQUIRE(run.code == "done");
    REQUIRE(boost::json::parse(run.text).at("conflict_count") == 0);
    REQUIRE(broken_invariants(database_) == Lines{});
  }

 private:
  static constexpr int people = 200;
  const TestDatabase& database_;
  Counts& counts_;
};

/// On a server the transactions of the dead are the server's to end: more kills of each while tables are made.
Kills many_kills() {
  const bool embedded = backend_under_test() == Backend::sqlite;
  return {.kills = soak(embedded ? 200 : 60), .of_one_database = embedded ? 20 : 6};
}

}  // namespace

TEST_CASE("kill -9 at any moment of a registration loop leaves whole people, and everybody who was answered",
          "[MODEL-5][PORTAL-4]") {
  auto counts = kill_at_any_moment<Registrations>(many_kills());
  CHECK(counts["answered before the kill was seen"] > 0);
}

TEST_CASE("kill -9 at any moment of phone bookings and links leaves whole people, and all that was answered",
          "[PHONE-1][SYNC-9][MODEL-5]") {
  auto counts = kill_at_any_moment<BookingsAndLinks>(many_kills());
  CHECK(counts["answered before the kill was seen"] > 0);
  for (const auto* operation : {"patients.register", "ivr.book", "prove", "sync.link"}) {
    INFO(operation);
    CHECK(counts[operation] > 0);
  }
}

TEST_CASE("kill -9 at any moment of sync.run leaves whole people, and the next run ends what was begun",
          "[SYNC-5][MODEL-5]") {
  auto counts =
      kill_at_any_moment<Runs>({.kills = soak(20), .of_one_database = 10, .answers = 1, .microseconds_after = 60000});
  CHECK(counts["killed in the middle"] > 0);
}
