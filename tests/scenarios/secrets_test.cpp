/// \file
/// Secrets stay where they belong: not in the database in clear, not in logs, audit or errors. canary_test.cpp looks
/// for those of a whole run.

#include "support/catch.hpp"
#include "support/known_random.hpp"
#include "support/temp_clinic.hpp"

#include <boost/algorithm/hex.hpp>

#include <stdexcept>

using namespace clinic;
using namespace clinic::test;
namespace json = boost::json;

namespace {

/// Everything that a clinic leaves behind, but the key: the bytes of its files, or the rows of all tables on a server.
std::string left_behind(const TestDatabase& database) {
  std::string left;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(database.folder().path()))
    if (entry.is_regular_file() && entry.path().extension() != ".key") left += contents(entry.path());
  for (const auto& table : database.tables())
    left += json::serialize(database.rows("SELECT * FROM " + table));
  return left;
}

std::string all_logs(TempClinic& clinic) {
  std::string lines;
  for (const auto& line : clinic.log().all())
    lines += line + "\n";
  return lines;
}

void check_nowhere(TempClinic& clinic, const std::string& secret, const std::string& errors) {
  INFO("a secret of " << secret.size() << " bytes that begins with " << secret.substr(0, 3));
  CHECK(left_behind(clinic.database()).find(secret) == std::string::npos);
  CHECK(all_logs(clinic).find(secret) == std::string::npos);
  CHECK(errors.find(secret) == std::string::npos);
}

json::object person_with(const std::string& email) {
  return {{"first_name", "Jane"}, {"last_name", "Smith"}, {"create_portal_account", true}, {"portal_email", email}};
}

}  // namespace

TEST_CASE("what a message carries can be found by nobody who has only the database", "[PORTAL-5][NOTE-5]") {
  KnownRandom random;
  TempClinic clinic({.policy = R"({"credential_delivery":"invitation"})",
                     .log_level = LogLevel::trace,
                     .random = [&](std::span<std::byte> bytes) { random.fill(bytes); }});
  clinic.call("patients.register", person_with("a@example.org"));
  check_nowhere(clinic, boost::algorithm::hex_lower(random.draws_of(32).back()), {});
  const auto row = clinic.rows("SELECT sealed_secret, data FROM outbox_messages").at(0);
  const std::string sealed(row.at("sealed_secret").as_string());
  CHECK(sealed.size() >= 64 + 28);
  // Two of the same length seal to other texts: there is a nonce.
  clinic.call("patients.register", person_with("b@example.org"));
  CHECK(clinic.rows("SELECT count(DISTINCT sealed_secret) AS n FROM outbox_messages").at(0).at("n").as_int64() == 2);
  CHECK(std::string(row.at("data").as_string()).find("token") == std::string::npos);
}

TEST_CASE("medical text that is not encrypted is in no audit, event, log or error", "[AUDIT-4]") {
  TempClinic clinic({.policy = R"({"encrypt_medical_fields":false})", .log_level = LogLevel::trace});
  const std::string canary = "canary-GALLSTONES";
  clinic.call("patients.register", {{"first_name", "A"},
                                    {"last_name", "B"},
                                    {"number", "M-1"},
                                    {"allergies", canary},
                                    {"medical_history", canary},
                                    {"national_id", "canary-NID"}});
  clinic.call("patients.update", {{"patient", "M-1"}, {"allergies", canary + "2"}});
  clinic.call("patients.medical_history.update", {{"patient", "M-1"}, {"history", canary + "3"}});
  std::string errors =
      clinic.refusal("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"national_id", "canary-NID"}})
          .to_json();
  errors += clinic.refusal("patients.update", {{"patient", "M-1"}, {"version", 1}, {"allergies", canary}}).to_json();
  errors += clinic.refusal("patients.register", {{"first_name", canary}, {"gender", canary}, {"birth_date", canary}})
                .to_json();
  // What the database itself refuses: servers show the whole row that they do not take.
  clinic.rows(clinic.database().backend() == Backend::sqlite
                  ? "CREATE TRIGGER refused BEFORE INSERT ON patients WHEN NEW.number = 'M-2' "
                    "BEGIN SELECT RAISE(ABORT, 'refused'); END"
                  : "ALTER TABLE patients ADD CONSTRAINT refused CHECK (number <> 'M-2')");
  errors += clinic
                .refusal("patients.register",
                         {{"first_name", "A"}, {"last_name", "B"}, {"number", "M-2"}, {"allergies", canary}})
                .to_json();
  const auto kept = json::serialize(clinic.rows("SELECT * FROM audit_entries")) +
                    json::serialize(clinic.rows("SELECT * FROM events"));
  REQUIRE(kept.find("M-1") != std::string::npos);
  for (const auto& text : {kept, errors, all_logs(clinic)})
    CHECK(text.find("canary") == std::string::npos);
}

TEST_CASE("logs above trace name a patient by number only", "[OBS-1][AUDIT-4]") {
  TempClinic clinic({.log_level = LogLevel::debug});
  clinic.call("patients.register", person_with("xanthippe@example.org"));
  clinic.refusal("patients.register", person_with("xanthippe@example.org"));
  const auto logs = all_logs(clinic);
  CHECK(logs.find("patient P") != std::string::npos);
  for (const auto* value : {"xanthippe", "Jane", "Smith"})
    CHECK(logs.find(value) == std::string::npos);
}

TEST_CASE("an answer to a challenge is nowhere", "[AUTH-9][AUDIT-4]") {
  const std::string answer = "canary-ANSWER-7d1c";
  TempClinic clinic({.policy = R"({"self_registration":true})",
                     .log_level = LogLevel::trace,
                     .challenge = [&](std::string_view, std::string_view origin, std::string_view given) {
                       if (origin == "nowhere") throw std::runtime_error("not " + std::string(given));
                       return origin == "home";
                     }});
  std::string errors;
  for (const auto* origin : {"home", "elsewhere", "nowhere"})
    for (const auto& [operation, request] :
         {std::pair("auth.request_password_reset", R"({"login":"a@example.org"})"),
          std::pair("auth.register", R"({"first_name":"A","last_name":"B","email":"a@example.org","password":"p"})"),
          std::pair("auth.register",
                    R"({"first_name":"A","last_name":"B","email":"a@example.org","password":"a long passphrase"})")}) {
      try {
        clinic.clinic()
            .act_as(Actor::anonymous())
            .call(operation, request, {.idempotency_key = "k", .origin = origin, .challenge = answer});
      } catch (const Error& error) {
        errors += error.to_json();
      }
    }
  CHECK(errors.find("challenge_failed") != std::string::npos);
  CHECK(clinic.rows("SELECT count(*) AS n FROM idempotency_records").at(0).at("n").as_int64() == 1);
  check_nowhere(clinic, answer, errors);
}

TEST_CASE("what the host says with a call may be in any language", "[MODEL-7][AUDIT-1]") {
  TempClinic clinic;
  const json::object request{{"first_name", "A"}, {"last_name", "B"}};
  clinic.clinic()
      .act_as(Actor::system("استقبال"))
      .call("patients.register", json::serialize(request), {"ключ", "kiosk 7"});
  CHECK(clinic.call("audit.list", {{"limit", 1}}).at("items").at(0).at("actor_name").as_string() == "استقبال");
}
