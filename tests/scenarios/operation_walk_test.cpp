/// \file
/// A walk through the operation table: every operation is called by a scenario, every reply fits its own schema, and
/// operation × role is allowed or refused as the table says.

#include "support/catch.hpp"
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
  for (const auto& entry : std::filesystem::directory_iterator(std::string(CLINIC_TEST_DATA) + "/scenarios"))
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
  TempClinic clinic;
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
