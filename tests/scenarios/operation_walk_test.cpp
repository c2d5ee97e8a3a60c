/// \file
/// A walk through the operation table: every operation is called by a scenario, every reply fits its own schema, and
/// operation × role is allowed or refused as the table says.

#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/schema_check.hpp"
#include "support/sdk_driver.hpp"
#include "support/temp_clinic.hpp"

#include <filesystem>
#include <map>
#include <set>

using namespace clinic;
using namespace clinic::test;

namespace {

std::vector<OperationInfo> operation_rows() {
  std::vector<OperationInfo> rows;
  const auto table = boost::json::parse(operation_table_json());
  for (const auto& row : table.at("operations").as_array()) {
    OperationInfo info;
    info.name = row.at("name").as_string();
    info.writes = row.at("writes").as_bool();
    for (const auto& role : row.at("roles").as_array())
      info.roles.emplace_back(role.as_string());
    for (const auto& scope : row.at("scopes").as_array())
      info.scopes.push_back({std::string(scope.at("role").as_string()), std::string(scope.at("scope").as_string())});
    info.request_schema.text = boost::json::serialize(row.at("request_schema"));
    info.response_schema.text = boost::json::serialize(row.at("response_schema"));
    rows.push_back(std::move(info));
  }
  return rows;
}

std::map<std::string, boost::json::value> response_schemas() {
  std::map<std::string, boost::json::value> schemas;
  for (const auto& row : operation_rows())
    schemas.emplace(row.name, boost::json::parse(row.response_schema.text));
  return schemas;
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test::data_folder() + "/scenarios"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  return names;
}

/// Whether the operation lets that caller in: what it says about an empty request does not matter, nor what it answers.
bool allowed(const Session& session, const std::string& operation) {
  try {
    session.call(operation, R"({"dry_run":true})");
  } catch (const Error& error) {
    const bool anonymous = !session.actor().role();
    if (error.code() == (anonymous ? ErrorCode::not_authenticated : ErrorCode::forbidden)) return false;
    CHECK(error.code() == ErrorCode::validation_failed);
  }
  return true;
}

}  // namespace

TEST_CASE("every operation is called by a scenario, and every reply fits its schema", "[sqlite][ACCESS-1]") {
  const auto schemas = response_schemas();
  std::set<std::string> uncalled;
  for (const auto& [name, schema] : schemas)
    uncalled.insert(name);
  SdkDriver driver([&](const ScenarioCall& call, const ScenarioReply& reply) {
    if (!reply.done) return;
    uncalled.erase(call.operation);
    INFO(call.operation << " " << reply.json);
    for (const auto& line : schema_errors(schemas.at(call.operation), boost::json::parse(reply.json)))
      FAIL_CHECK(line);
  });
  for (const auto& name : scenario_names())
    run_scenario(name, driver);
  for (const auto& name : uncalled)
    FAIL_CHECK("no scenario calls " << name);
}

TEST_CASE("each operation lets in the roles that its row names, and nobody else", "[ACCESS-1]") {
  TempClinic clinic({.policy = R"({"rate_limits":[]})"});
  std::size_t refused = 0;
  for (const auto& row : operation_rows()) {
    INFO(row.name);
    REQUIRE_FALSE(row.roles.empty());
    const std::set<std::string> roles(row.roles.begin(), row.roles.end());
    const bool anyone = roles.count("anyone") != 0;
    for (const auto word : describe<Role>().words) {
      INFO(word);
      const bool expected = anyone || roles.count(std::string(word)) != 0;
      CHECK(allowed(clinic.as(from_word<Role>(word)), row.name) == expected);
      CHECK(allowed(clinic.clinic().act_as(Actor::user("somebody", *from_word<Role>(word))), row.name) == expected);
      refused += expected ? 0 : 2;
    }
    CHECK(allowed(clinic.clinic().act_as(Actor::anonymous()), row.name) == anyone);
    refused += anyone ? 0 : 1;
    CHECK(allowed(clinic.as(), row.name));
  }
  // Refusals for want of a role are in the audit, reads too (AUDIT-1).
  const auto filed = clinic.rows(
      "SELECT count(*) AS n FROM audit_entries "
      "WHERE error_code IN ('forbidden', 'not_authenticated')");
  CHECK(filed[0].at("n").as_int64() == static_cast<std::int64_t>(refused));
}

namespace {

/// Two families at the clinic, a parent with an account and a dependent each.
struct Family {
  Family(TempClinic& clinic, const std::string& name) : parent(name + "1"), child(name + "2") {
    const auto person = [&](const std::string& number) {
      return clinic.call("patients.register", {{"first_name", name}, {"last_name", "Family"}, {"number", number}});
    };
    const auto made = person(parent);
    person(child);
    clinic.call("patients.create_account", {{"patient", parent}, {"email", name + "@example.org"}});
    account = std::string(made.at("patient").at("id").as_string());
    clinic.rows("UPDATE patients SET account_id = '" + account + "' WHERE number = '" + child + "'");
    for (const auto& number : {parent, child})
      clinic.call("patients.confirm_account", {{"patient", number}});
  }
  std::string parent, child, account;
};

/// Only what must be given: the patient or the user, and words for the rest.
boost::json::object smallest_request(const OperationInfo& row, const std::string& record) {
  boost::json::object request;
  const auto schema = boost::json::parse(row.request_schema.text);
  for (const auto& name : schema.at("required").as_array())
    request[name.as_string()] = name == "patient" || name == "user" ? record : "a long enough text";
  return request;
}

std::string outcome_of_text(const Session& session, const std::string& operation, const std::string& request) {
  try {
    session.call(operation, request);
    return "done";
  } catch (const Error& error) {
    return error.to_json();
  }
}

std::string outcome(const Session& session, const std::string& operation, const boost::json::object& request) {
  return outcome_of_text(session, operation, boost::json::serialize(request));
}

}  // namespace

TEST_CASE("each role reaches own, linked, others' and no records as the table says", "[ACCESS-1][ACCESS-2]") {
  TempClinic clinic({.policy = R"({"portal_notes":true})"});
  const Family mine(clinic, "mine"), other(clinic, "other");
  std::size_t looked = 0;
  for (const auto& row : operation_rows()) {
    const auto schema = boost::json::parse(row.request_schema.text);
    const auto& required = schema.at("required").as_array();
    const auto asks_for = [&](const char* name) {
      return std::find(required.begin(), required.end(), name) != required.end();
    };
    if (row.writes || (!asks_for("patient") && !asks_for("user"))) continue;
    const bool of_user = asks_for("user");
    for (const auto& role : row.roles) {
      if (role == "anyone") continue;
      INFO(row.name << " as " << role);
      const auto session = clinic.clinic().act_as(Actor::user(mine.account, *from_word<Role>(role)));
      const auto at = [&](const std::string& record) {
        return outcome(session, row.name, smallest_request(row, record));
      };
      const auto scope =
          std::find_if(row.scopes.begin(), row.scopes.end(), [&](const auto& each) { return each.role == role; });
      const auto word = scope == row.scopes.end() ? "any" : scope->scope;
      const auto nothing = at("NOBODY");
      CHECK(nothing.find("\"not_found\"") != nothing.npos);
      CHECK(at(of_user ? mine.account : mine.parent) == "done");
      CHECK(at(of_user ? other.account : other.parent) == (word == "any" ? "done" : nothing));
      if (!of_user) {
        CHECK(at(mine.child) == (word == "own" ? nothing : "done"));
        CHECK(at(other.child) == (word == "any" ? "done" : nothing));
      }
      ++looked;
    }
  }
  CHECK(looked > 20);

  // A text that no database takes is refused by the field, whoever gives it.
  const auto patient = clinic.clinic().act_as(Actor::user(mine.account, Role::patient));
  for (const auto* text : {R"({"patient":"a\u0000b"})", "{\"patient\":\"\xff\"}"})
    CHECK(outcome_of_text(patient, "patients.get", text).find("validation_failed") != std::string::npos);

  // Lists are narrowed before they are counted and paged.
  const auto page = patient.patients().list({.limit = 2});
  REQUIRE(page.items.size() == 2);
  CHECK_FALSE(page.next);
  CHECK(page.items[0].number == mine.parent);
  CHECK(page.items[1].number == mine.child);
}

namespace {

/// The words that stand in every medical field of that patient.
std::string canary_in(TempClinic& clinic, const std::string& patient) {
  const auto canary = "CANARY-" + patient;
  UpdatePatient update;
  update.patient = patient;
  for (const auto& field : describe<UpdatePatient>().fields)
    if (field.rule->exposure == Exposure::medical)
      *static_cast<std::string*>(field.type->emplace(field.address(&update))) = canary;
  clinic.as().patients().update(update);
  clinic.as().patients().update_medical_history({.patient = patient, .history = canary});
  clinic.as().patient_notes().create({.patient = patient, .text = canary});
  return canary;
}

/// The operations in whose answers the words stand, of all that a person may call.
std::set<std::string> showing(TempClinic& clinic, const Family& family, const std::string& canary) {
  const auto session = clinic.clinic().act_as(Actor::user(family.account, Role::patient));
  std::set<std::string> showing;
  std::size_t done = 0;
  for (const auto& row : operation_rows()) {
    for (const auto& record : {family.parent, family.child, family.account}) {
      CallOptions keyed;
      keyed.idempotency_key = row.name + record;
      try {
        const auto request = smallest_request(row, record);
        const auto answer = session.call(row.name, boost::json::serialize(request), row.writes ? keyed : CallOptions());
        if (answer.find(canary) != answer.npos) showing.insert(row.name);
        ++done;
      } catch (const Error& error) {
        CHECK(error.to_json().find(canary) == std::string::npos);
      }
    }
  }
  CHECK(done > 20);
  return showing;
}

}  // namespace

TEST_CASE("no answer of any operation shows a person what is closed of the person's medical data",
          "[ACCESS-2][ACCESS-3]") {
  TempClinic clinic({.policy = R"({"rate_limits":[],"portal_notes":true})"});
  const Family family(clinic, "open");
  const auto parents = canary_in(clinic, family.parent), childs = canary_in(clinic, family.child);
  // What is answered now under an idempotency key is asked for again below.
  const std::set<std::string> own{
      "auth.me",     "patients.get",  "patients.list", "patients.medical_history.get", "patients.notes.list",
      "profile.get", "profile.update"};
  CHECK(showing(clinic, family, parents) == own);
  CHECK(showing(clinic, family, childs) ==
        std::set<std::string>{"patients.get", "patients.list", "patients.medical_history.get", "patients.notes.list"});

  const auto set = [&](const std::string& patient, const std::string& what) {
    clinic.rows("UPDATE patients SET " + what + " WHERE number = '" + patient + "'");
  };
  for (const auto* closing : {"account_proven_at = NULL", "status = 'suspended'", "status = 'merged'"}) {
    INFO(closing);
    set(family.parent, closing);
    CHECK(showing(clinic, family, parents).empty());
    CHECK(showing(clinic, family, childs).size() == 4);  // each patient on the account by itself
    set(family.parent, "account_proven_at = 1, status = 'active'");
    set(family.child, closing);
    CHECK(showing(clinic, family, childs).empty());
    CHECK(showing(clinic, family, parents) == own);
    set(family.child, "account_proven_at = 1, status = 'active'");
  }
}

TEST_CASE("the schema checker sees what does not fit", "[sqlite]") {
  const auto schema = boost::json::parse(
      R"({"type":"object","properties":{"a":{"type":["string","null"],"maxLength":2},"b":{"type":"integer","minimum":0}},)"
      R"("required":["a"],"additionalProperties":false})");
  CHECK(schema_errors(schema, {{"a", nullptr}}).empty());
  CHECK(schema_errors(schema, {{"a", "äö"}, {"b", 0}}).empty());
  CHECK(schema_errors(schema, {{"a", "abc"}, {"b", -1}}).size() == 2);
  CHECK(schema_errors(schema, {{"b", "x"}, {"c", 1}}).size() == 3);
  CHECK(schema_errors({{"oneOf", 1}}, 1).size() == 1);
}
