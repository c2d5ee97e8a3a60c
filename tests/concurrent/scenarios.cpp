#include "scenarios.hpp"

#include "support/catch.hpp"
#include "support/invariants.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>

namespace clinic::test {
namespace {

using Codes = std::map<std::string, std::size_t>;
using Lines = std::vector<std::string>;

constexpr const char* with_portal =
    R"({"first_name":"Amina","last_name":"Odhiambo","email":"amina{i}@example.org","create_portal_account":true})";

boost::json::object patient_of(const Answer& answer) {
  return boost::json::parse(answer.text).at("patient").as_object();
}

std::string text(const boost::json::object& object, const char* key) { return std::string(object.at(key).as_string()); }

/// But what SQLite makes and takes away as it goes.
std::set<std::string> files_in(const TempFolder& folder) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (const std::string name = entry.path().filename(); !name.ends_with("-wal") && !name.ends_with("-shm"))
      files.insert(name);
  return files;
}

/// One wins; to all others the same is said; and the audit holds the one deed and every refusal.
/// Units of work take their locks in one order: a deadlock is run again, but PostgreSQL notices it only after a second.
void no_deadlocks(const Arena& arena) {
  if (arena.database().backend() == Backend::postgresql)
    CHECK(arena.database().number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0);
}

void one_wins(const Arena& arena, const Answers& answers, const std::string& refusal) {
  INFO(answers.summary());
  const auto losers = static_cast<std::size_t>(arena.contestants() - 1);
  CHECK(answers.codes() == Codes{{"done", 1}, {refusal, losers}});
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients") == 1);
  CHECK(arena.database().number(
            "SELECT COUNT(*) FROM audit_entries WHERE action = 'PATIENT_CREATED' AND outcome = 'done'") == 1);
  CHECK(arena.database().number(
            "SELECT COUNT(*) FROM audit_entries WHERE action = 'PATIENT_CREATED' AND outcome = 'refused' "
            "AND error_code = '" +
            refusal + "'") == static_cast<std::int64_t>(losers));
  CHECK(broken_invariants(arena.database()) == Lines{});
}

}  // namespace

void one_email(const Arena& arena) {
  auto plan = arena.plan();
  plan.mix = {
      {"patients.register",
       R"({"first_name":"Amina","last_name":"Odhiambo","email":"amina@example.org","create_portal_account":true})",
       {}},
      {"patients.register",
       R"({"first_name":"Amina","last_name":"Odhiambo","portal_email":"Amina@Example.ORG","create_portal_account":true})",
       {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  one_wins(arena, answers, "duplicate_email");
  CHECK(arena.database().number("SELECT COUNT(*) FROM users WHERE patient_id IS NOT NULL") == 1);
}

void one_phone(const Arena& arena) {
  auto plan = arena.plan("standard", R"({"match_keys":["email","phone"],"default_region":"KE"})");
  plan.mix = {
      {"patients.register",
       R"({"first_name":"A","last_name":"B","email":"a{i}@example.org","phone":"0712 345678","create_portal_account":true})",
       {}},
      {"patients.register",
       R"({"first_name":"A","last_name":"B","email":"a{i}@example.org","phone":"+254712345678","create_portal_account":true})",
       {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  one_wins(arena, answers, "duplicate_phone");
  CHECK(arena.database().number("SELECT COUNT(*) FROM users WHERE patient_id IS NOT NULL") == 1);
}

void one_national_id(const Arena& arena) {
  auto plan = arena.plan();
  plan.mix = {{"patients.register", R"({"first_name":"A","last_name":"B","national_id":"2901-5512"})", {}},
              {"patients.register", R"({"first_name":"C","last_name":"D","national_id":"29015512"})", {}}};
  one_wins(arena, arena.race(plan), "duplicate_national_id");
}

void different_people(const Arena& arena, int people) {
  auto plan = arena.plan();
  plan.calls = (people + arena.contestants() - 1) / arena.contestants();
  const std::string person = R"("last_name":"Khalil","email":"p{i}@example.org","national_id":"N{i}")";
  plan.mix = {{"patients.register", R"({"first_name":"Nour",)" + person + "}", {}},
              {"patients.register", R"({"first_name":"Omar",)" + person + R"(,"create_portal_account":true})", {}},
              {"patients.register",
               R"({"first_name":"Laila",)" + person + R"(,"identifiers":[{"system":"mrn","value":"{i}"}]})",
               {}},
              {"patients.register", R"({"first_name":"Zain",)" + person + R"(,"medical_history":"asthma"})", {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  const auto made = static_cast<std::int64_t>(arena.contestants() * plan.calls);
  REQUIRE(answers.codes() == Codes{{"done", static_cast<std::size_t>(made)}});

  std::set<std::string> numbers, ids;
  std::int64_t portals = 0;
  for (const auto& answer : answers.all) {
    const auto patient = patient_of(answer);
    numbers.insert(text(patient, "number"));
    ids.insert(text(patient, "id"));
    portals += boost::json::parse(answer.text).at("portal_created").as_bool();
  }
  CHECK(numbers.size() == answers.all.size());
  CHECK(ids.size() == answers.all.size());
  const auto rows = [&](const std::string& table) { return arena.database().number("SELECT COUNT(*) FROM " + table); };
  CHECK(rows("patients") == made);
  CHECK(arena.database().number("SELECT COUNT(DISTINCT number) FROM patients") == made);
  CHECK(rows("users") == portals);
  CHECK(rows("audit_entries") == made);
  CHECK(rows("events") == made + portals);
  CHECK(rows("external_identifiers") + rows("medical_histories") + portals <= made);
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void every_way_in(const Arena& arena, const std::string& profile, int people) {
  auto plan = arena.plan(profile);
  {
    // Of three people the first is a patient, the second a patient and an unlinked user, the third nobody yet.
    const auto clinic = open_clinic(plan);
    std::string users;
    for (int person = 0; person < people; ++person) {
      const auto p = std::to_string(person);
      if (person % 3 != 2) {
        const auto seeded = call(session(clinic), "patients.register",
                                 R"({"number":"S)" + p + R"(","first_name":"Mona","last_name":"Fahmy","email":"p)" + p +
                                     R"(@example.org"})");
        REQUIRE(seeded.code == "done");
      }
      if (person % 3 == 1) users += unlinked_user_sql("u" + p, "p" + p + "@example.org");
    }
    arena.database().rows("BEGIN;" + users + "COMMIT;");
  }
  const std::string who = R"("first_name":"Mona","last_name":"Fahmy","email":"p{p}@example.org")";
  plan.mix = {{"patients.register", "{" + who + "}", {}},
              {"users.create", "{" + who + R"(,"role":"patient"})", {}},
              {"sync.create_user_from_patient", R"({"patient":"S{p}","password":"correct horse battery"})", {}},
              {"sync.create_patient_from_user", R"({"user":"u{p}"})", {}},
              {"patients.register", "{" + who + R"(,"create_portal_account":true})", {}},
              {"sync.run", "{}", {}},
              {"patients.create_account", R"({"patient":"S{p}","delivery":"invitation"})", {}},
              {"sync.link", R"({"user":"u{p}","patient":"S{p}","reason":"the same person"})", {}},
              {"patients.update", R"({"patient":"S{p}","first_name":"Muna"})", {}}};
  const auto kinds = static_cast<int>(plan.mix.size());
  plan.calls = (people * kinds + plan.threads - 1) / plan.threads;
  people = (plan.calls * plan.threads + kinds - 1) / kinds;
  const auto answers = arena.race(plan);
  INFO(answers.summary());

  const std::set<std::string> allowed{"done",           "duplicate_email", "duplicate_username", "match_found",
                                      "already_linked", "not_linkable",    "not_found"};
  for (const auto& answer : answers.all)
    if (!allowed.contains(answer.code)) FAIL_CHECK(answer.operation << ": " << answer.text);
  CHECK(answers.count("done") > static_cast<std::size_t>(people));
  no_deadlocks(arena);
  CHECK(broken_invariants(arena.database(), Accounts::some_unlinked) == Lines{});
  const std::string persons = "SELECT COUNT(DISTINCT email_key) FROM patients WHERE email_key LIKE 'p%'";
  CHECK(arena.database().number(persons) == people);
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients") == people);
  // Once everybody is through, one more run finds nothing that was left behind.
  const auto run = arena.alone(plan, "sync.run", "{}");
  REQUIRE(run.code == "done");
  const auto report = boost::json::parse(run.text);
  CHECK(report.at("patients_created").as_int64() == 0);
  CHECK(report.at("users_linked").as_int64() == 0);
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void every_way_by_phone(const Arena& arena, int rounds) {
  constexpr int people = 10;
  const TempFolder folder;
  auto plan = arena.plan("phone-sync", R"({"portal_address":"https://portal.example","rate_limits":[],)"
                                       R"("attempts_per_account":100,"code_resend_seconds":0})");
  plan.people = people;
  plan.sent = folder.file("sent");
  {
    const auto clinic = open_clinic(plan);
    for (int person = 0; person < people; ++person)
      REQUIRE(call(session(clinic), "patients.register",
                   R"({"number":"S)" + std::to_string(person) + R"(","first_name":"Asha","last_name":"Rao"})")
                  .code == "done");
  }
  const std::string phone = R"("phone":"+91999999990{p}")", time = R"("starts_at":"2999-01-05T09:00:00Z")";
  plan.mix = {
      {"ivr.book", "{" + phone + "," + time + R"(,"doctor":"Dr. {i}"})", {}},
      {"auth.register",
       "{" + phone + R"(,"username":"web{i}","first_name":"Web","last_name":"Rao","password":"correct horse {i}"})",
       {}},
      {"prove", "{" + phone + R"(,"first_name":"Asha","last_name":"Rao","password":"correct horse {i}"})", {}},
      {"patients.register", "{" + phone + R"(,"first_name":"Desk","last_name":"Rao"})", {}},
      {"ivr.book", "{" + phone + "," + time + R"(,"doctor":"Dr. {i}","first_name":"Child","last_name":"Rao"})", {}},
      {"patients.create_account", R"({"patient":"S{p}","email":"s{i}@example.org","delivery":"invitation"})", {}},
      {"sync.unlink", R"({"patient":"S{p}","reason":"another person"})", {}},
      {"sync.run", "{}", {}},
      {"sync.repair", R"({"dry_run":false})", {}},
      {"sync.check", "{}", {}},
  };
  const auto kinds = static_cast<int>(plan.mix.size());
  plan.calls = (rounds * kinds + arena.contestants() - 1) / arena.contestants();
  const auto answers = arena.race(plan);
  INFO(answers.summary());

  const std::set<std::string> allowed{"done",           "duplicate_phone", "phone_already_registered",
                                      "already_linked", "not_linked",      "ivr_account_exists",
                                      "token_invalid",  "match_found",     "duplicate_email"};
  std::map<std::string, std::size_t> done;
  std::size_t bookings = 0;
  for (const auto& answer : answers.all) {
    if (!allowed.contains(answer.code)) FAIL_CHECK(answer.operation << ": " << answer.text);
    if (answer.code != "done") continue;
    ++done[answer.operation];
    bookings += answer.operation == "ivr.book";
    if (answer.operation == "sync.check") {
      INFO(answer.text);
      CHECK(boost::json::parse(answer.text).at("valid").as_bool());  // at every moment
    }
  }
  for (const auto& planned : plan.mix) {
    INFO(planned.operation);
    CHECK(done[planned.operation] > 0);
  }
  no_deadlocks(arena);
  const auto checked = arena.alone(plan, "sync.check", "{}");
  INFO(checked.text);
  CHECK(boost::json::parse(checked.text).at("valid").as_bool());
  // No booking is lost, and each is a living patient's.
  CHECK(arena.database().number("SELECT COUNT(*) FROM appointments a JOIN patients p ON p.id = a.patient_id "
                                "WHERE p.status <> 'merged'") == static_cast<std::int64_t>(bookings));
}

void one_idempotency_key(const Arena& arena) {
  auto plan = arena.plan();
  plan.calls = 2;
  plan.mix = {
      {"patients.register",
       R"({"first_name":"Amina","last_name":"Odhiambo","email":"amina@example.org","create_portal_account":true})",
       "same-key"}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  REQUIRE(answers.codes() == Codes{{"done", answers.all.size()}});
  for (const auto& answer : answers.all)
    CHECK(answer.text == answers.all.front().text);
  CHECK(answers.all.front().text.find("temporary_password") != std::string::npos);
  for (const auto* table : {"patients", "users", "audit_entries", "idempotency_records"})
    CHECK(arena.database().number(std::string("SELECT COUNT(*) FROM ") + table) == 1);
  CHECK(broken_invariants(arena.database()) == Lines{});

  // Two requests race with one key: whose comes first has it, to the other it is refused.
  plan.mix = {{"patients.register", R"({"first_name":"Bea","last_name":"Odhiambo"})", "other-key"},
              {"patients.register", R"({"first_name":"Cia","last_name":"Odhiambo"})", "other-key"}};
  const auto split = arena.race(plan);
  INFO(split.summary());
  CHECK(split.count("done") == split.all.size() / 2);
  CHECK(split.count("idempotency_key_reused") == split.all.size() / 2);
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients") == 2);
}

void one_version(const Arena& arena) {
  auto plan = arena.plan();
  const auto seeded =
      arena.alone(plan, "patients.register", R"({"number":"S1","first_name":"Amina","last_name":"Odhiambo"})");
  REQUIRE(seeded.code == "done");
  const auto version = std::to_string(patient_of(seeded).at("version").as_int64());
  plan.mix = {{"patients.update", R"({"patient":"S1","version":)" + version + R"(,"address":"Street {i}"})", {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  CHECK(answers.codes() == Codes{{"done", 1}, {"stale_record", answers.all.size() - 1}});
  const auto winners = answers.with("done");
  REQUIRE(winners.size() == 1);
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients WHERE address = 'Street " +
                                std::to_string(winners.front().index) + "'") == 1);
}

void updates_without_version(const Arena& arena, int calls) {
  auto plan = arena.plan();
  const auto seeded = arena.alone(
      plan, "patients.register",
      R"({"number":"S1","first_name":"Amina","last_name":"Odhiambo","email":"a@example.org","create_portal_account":true})");
  REQUIRE(seeded.code == "done");
  const Lines fields{"first_name", "address", "emergency_contact_name", "insurance_provider", "whatsapp"};
  for (const auto& field : fields)
    plan.mix.push_back({"patients.update", R"({"patient":"S1",")" + field + R"(":"{i}"})", {}});
  plan.calls = calls;
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  REQUIRE(answers.codes() == Codes{{"done", answers.all.size()}});

  // Each update saw the one before it: versions without a gap, and each field holds what its latest update wrote.
  std::map<std::int64_t, boost::json::object> by_version;
  for (const auto& answer : answers.all) {
    const auto patient = boost::json::parse(answer.text).as_object();
    by_version.emplace(patient.at("version").as_int64(), patient);
  }
  REQUIRE(by_version.size() == answers.all.size());
  CHECK(by_version.rbegin()->first - by_version.begin()->first == static_cast<std::int64_t>(answers.all.size()) - 1);
  std::map<std::string, std::string> latest;
  for (const auto& answer : answers.all) {
    const auto patient = boost::json::parse(answer.text).as_object();
    for (const auto& field : fields)
      if (patient.contains(field) && patient.at(field).is_string() &&
          text(patient, field.c_str()) == std::to_string(answer.index))
        latest[field] = std::max(latest[field], std::to_string(1000000 + patient.at("version").as_int64()) + " " +
                                                    std::to_string(answer.index));
  }
  const auto row = arena.database().rows("SELECT * FROM patients").front().as_object();
  for (const auto& field : fields) {
    CAPTURE(field);
    CHECK(latest[field].substr(8) == text(row, field.c_str()));
  }
  CHECK(arena.database().rows("SELECT first_name FROM users").front().at("first_name") == row.at("first_name"));
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void updates_of_unlinked(const Arena& arena, int accounts) {
  auto plan = arena.plan();
  plan.mix = {{"users.update", R"({"user":"u{p}","locale":"id"})", {}},
              {"users.update", R"({"user":"u{p}","address":"Street {p}"})", {}},
              {"sync.unlink", R"({"patient":"u{p}","reason":"another person"})", {}},
              {"users.update", R"({"user":"u{p}","username":"name{p}"})", {}}};
  const auto kinds = static_cast<int>(plan.mix.size());
  plan.calls = (accounts * kinds + plan.threads - 1) / plan.threads;
  accounts = plan.calls * plan.threads / kinds;
  std::string users;
  for (int account = 0; account < accounts; ++account) {
    const auto u = std::to_string(account);
    users += (users.empty() ? "" : ",") + (R"({"id":"u)" + u + R"(","email":"u)" + u) +
             R"(@example.org","first_name":"Mona","last_name":"Fahmy"})";
  }
  REQUIRE(arena.alone(plan, "users.import", R"({"users":[)" + users + "]}").code == "done");
  const auto answers = arena.race(plan);
  INFO(answers.summary());

  // Who was told "done" finds it done, whatever id the account has now.
  const std::map<std::string, std::string> column_of{{"locale", "id"}, {"address", "Street "}, {"username", "name"}};
  std::map<std::string, boost::json::object> accounts_by_email;
  for (const auto& row : arena.database().rows("SELECT * FROM users"))
    accounts_by_email[std::string(row.at("email").as_string())] = row.as_object();
  REQUIRE(accounts_by_email.size() == static_cast<std::size_t>(accounts));
  std::size_t unlinked = 0;
  for (const auto& answer : answers.all) {
    if (answer.code != "done") {
      if (answer.code != "not_found" && answer.code != "not_linked")
        FAIL_CHECK(answer.operation << ": " << answer.text);
      continue;
    }
    const auto told = boost::json::parse(answer.text).as_object();
    if (answer.operation == "sync.unlink") {
      ++unlinked;
      continue;
    }
    const auto& kept = accounts_by_email.at(text(told, "email"));
    for (const auto& [column, begin] : column_of)
      if (told.at(column).is_string() && text(told, column.c_str()).starts_with(begin))
        if (kept.at(column) != told.at(column)) FAIL_CHECK("lost: " << answer.text);
  }
  CHECK(unlinked == static_cast<std::size_t>(accounts));
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void links_while_emails_change(const Arena& arena, int accounts) {
  auto plan = arena.plan();
  plan.mix = {{"auth.request_password_reset", R"({"login":"name{p}"})", {}},
              {"users.update", R"({"user":"u{p}","email":"new{p}@example.org"})", {}},
              {"users.invite", R"({"user":"u{p}"})", {}},
              {"users.update", R"({"user":"u{p}","email":"new{p}@example.org"})", {}}};
  const auto kinds = static_cast<int>(plan.mix.size());
  plan.calls = (accounts * kinds + plan.threads - 1) / plan.threads;
  accounts = plan.calls * plan.threads / kinds;
  std::string users;
  for (int account = 0; account < accounts; ++account) {
    const auto u = std::to_string(account);
    users += (users.empty() ? "" : ",") + (R"({"id":"u)" + u + R"(","username":"name)" + u) + R"(","email":"old)" + u +
             R"(@example.org","role":"nurse"})";
  }
  REQUIRE(arena.alone(plan, "users.import", R"({"users":[)" + users + "]}").code == "done");
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  CHECK(answers.codes() == Codes{{"done", answers.all.size()}});
  CHECK(arena.database().number("SELECT COUNT(*) FROM outbox_messages WHERE message_template = 'invitation'") ==
        accounts);
  CHECK(arena.database().number("SELECT COUNT(*) FROM users WHERE email LIKE 'new%'") == accounts);
  CHECK(
      arena.database().number("SELECT COUNT(*) FROM single_use_tokens t, outbox_messages m WHERE m.user_id = t.user_id "
                              "AND m.message_template = t.purpose AND m.recipient LIKE 'old%'") == 0);
  no_deadlocks(arena);
}

void clean_up_at_once(const Arena& arena, int counters) {
  auto plan = arena.plan("standard", R"({"attempts_per_account":100})");
  plan.calls = 4;
  plan.mix = {{"system.clean_up", "{}", {}}, {"auth.login", R"({"login":"nobody","password":"wrong"})", {}}};
  open_clinic(plan);
  std::string rows;
  for (int counter = 0; counter < counters; ++counter)
    rows += (rows.empty() ? "('c" : ",('c") + std::to_string(counter) + "',1,1000,1)";
  arena.database().rows("INSERT INTO attempt_counters (id, attempts, last_attempt_at, version) VALUES " + rows);
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  std::int64_t removed = 0;
  for (const auto& answer : answers.with("done"))
    removed += boost::json::parse(answer.text).at("attempts_removed").as_int64();
  CHECK(answers.codes() == Codes{{"done", answers.all.size() / 2}, {"login_failed", answers.all.size() / 2}});
  CHECK(removed == counters);
  CHECK(arena.database().number("SELECT attempts FROM attempt_counters") ==
        static_cast<std::int64_t>(answers.all.size() / 2));
  no_deadlocks(arena);
}

void two_links_of_one_user(const Arena& arena, int users) {
  auto plan = arena.plan();
  plan.mix = {{"sync.link", R"({"user":"u{p}","patient":"A{p}","reason":"the same person"})", {}},
              {"sync.link", R"({"user":"u{p}","patient":"B{p}","reason":"the same person"})", {}}};
  plan.calls = (users * 2 + plan.threads - 1) / plan.threads;
  users = plan.calls * plan.threads / 2;
  std::string sql = "BEGIN;";
  {
    const auto clinic = open_clinic(plan);
    for (int user = 0; user < users; ++user) {
      const auto u = std::to_string(user);
      for (const auto* letter : {"A", "B"})
        REQUIRE(call(session(clinic), "patients.register",
                     R"({"first_name":"Mona","last_name":"Fahmy","number":")" + (letter + u) + R"("})")
                    .code == "done");
      sql += unlinked_user_sql("u" + u, "u" + u + "@example.org");
    }
  }
  arena.database().rows(sql + "COMMIT;");
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  CHECK(answers.count("done") == static_cast<std::size_t>(users));
  // The user was linked already, or has the other patient's id by now.
  CHECK(answers.count("already_linked") + answers.count("not_found") == static_cast<std::size_t>(users));
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void first_histories(const Arena& arena) {
  auto plan = arena.plan();
  plan.calls = 10;
  const int patients = plan.calls * plan.threads / 4;
  {
    const auto clinic = open_clinic(plan);
    for (int patient = 0; patient < patients; ++patient)
      REQUIRE(call(session(clinic), "patients.register",
                   R"({"first_name":"Mona","last_name":"Fahmy","number":"S)" + std::to_string(patient) + R"("})")
                  .code == "done");
  }
  plan.mix.assign(4, {"patients.medical_history.update", R"({"patient":"S{p}","history":"asthma {i}"})", {}});
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  CHECK(answers.codes() == Codes{{"done", answers.all.size()}});
  CHECK(arena.database().number("SELECT COUNT(*) FROM medical_histories WHERE version = " +
                                std::to_string(answers.all.size() / static_cast<std::size_t>(patients))) == patients);
}

void one_household(const Arena& arena) {
  auto plan = arena.plan();
  {
    const auto clinic = open_clinic(plan);
    for (int person = 0; person < plan.threads; ++person)
      REQUIRE(call(session(clinic), "patients.register",
                   R"({"first_name":"Mona","last_name":"Fahmy","phone":"+201001234567","number":"S)" +
                       std::to_string(person) + R"("})")
                  .code == "done");
  }
  plan.mix = {{"patients.create_account", R"({"patient":"S{i}"})", {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  CHECK(answers.codes() == Codes{{"done", answers.all.size()}});
  CHECK(arena.database().number("SELECT COUNT(*) FROM users WHERE username = '+201001234567'") == 1);
  CHECK(arena.database().number("SELECT COUNT(*) FROM users WHERE username LIKE 'S%'") == plan.threads - 1);
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void opening_at_once(const Arena& arena) {
  auto plan = arena.plan("standard", R"({"credential_delivery":"message"})");
  plan.open_each = true;
  plan.mix = {
      {"patients.register",
       R"({"first_name":"Amina","last_name":"Odhiambo","email":"amina@example.org","create_portal_account":true})",
       "same-key"}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());
  REQUIRE(answers.codes() == Codes{{"done", static_cast<std::size_t>(arena.contestants())}});
  // The answer is kept sealed: who reads it has the same key.
  for (const auto& answer : answers.all)
    CHECK(answer.text == answers.all.front().text);
  if (arena.database().backend() == Backend::sqlite) {
    CHECK(files_in(arena.database().folder()) == std::set<std::string>{"clinic.db", "clinic.db.key"});
    CHECK(contents(arena.database().folder().file("clinic.db.key")).size() == 65);
  }
  CHECK(arena.database().number("SELECT COUNT(*) = MAX(version) FROM clinic_schema") == 1);
  CHECK(arena.database().number("SELECT COUNT(*) FROM data_keys WHERE key_use = 'data'") == 1);
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients") == 1);
  CHECK(broken_invariants(arena.database()) == Lines{});
}

void sync_among_registrations(const Arena& arena, int users, int calls) {
  auto plan = arena.plan("email-sync");
  std::string sql = "BEGIN;";
  {
    const auto clinic = open_clinic(plan);
    for (int user = 0; user < users; ++user) {
      const auto u = std::to_string(user);
      if (user % 2 == 0) {
        const auto seeded = call(session(clinic), "patients.register",
                                 R"({"first_name":"Mona","last_name":"Fahmy","email":"u)" + u + R"(@example.org"})");
        REQUIRE(seeded.code == "done");
      }
      sql += unlinked_user_sql("u" + u, "u" + u + "@example.org");
    }
  }
  arena.database().rows(sql + "COMMIT;");
  const std::string other = R"("first_name":"Hana","last_name":"Adel","email":"h{i}@example.org")";
  plan.calls = calls;
  plan.mix = {{"sync.run", "{}", {}},
              {"patients.register", "{" + other + "}", {}},
              {"users.create", "{" + other + R"(,"role":"patient"})", {}},
              {"patients.register", "{" + other + R"(,"create_portal_account":true})", {}},
              {"patients.register", R"({"first_name":"Mona","last_name":"Fahmy","email":"u{p}@example.org"})", {}}};
  const auto answers = arena.race(plan);
  INFO(answers.summary());

  std::int64_t created = 0, linked = 0, registered = 0;
  for (const auto& answer : answers.all) {
    if (answer.operation == "sync.run") {
      if (answer.code != "done") FAIL_CHECK("sync.run: " << answer.text);
      const auto report = boost::json::parse(answer.text);
      created += answer.code == "done" ? report.at("patients_created").as_int64() : 0;
      linked += answer.code == "done" ? report.at("users_linked").as_int64() : 0;
    } else if (answer.code == "done") {
      ++registered;
    } else if (answer.code != "duplicate_email") {
      FAIL_CHECK(answer.operation << ": " << answer.text);
    }
  }
  const auto settled = boost::json::parse(arena.alone(plan, "sync.run", "{}").text);
  CHECK(settled.at("conflict_count").as_int64() == 0);
  created += settled.at("patients_created").as_int64();
  linked += settled.at("users_linked").as_int64();
  // Each run counted what it did itself, and together they did everything once.
  CHECK(created + linked == users);
  CHECK(arena.database().number("SELECT COUNT(*) FROM patients") == (users + 1) / 2 + created + registered);
  CHECK(broken_invariants(arena.database()) == Lines{});
}

}  // namespace clinic::test
