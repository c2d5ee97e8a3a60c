/// \file
/// What calls cost in statements, read from what the SDK itself traces.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include <algorithm>

using namespace clinic;
using namespace clinic::test;

namespace {

bool is_statement(const std::string& line) {
  for (const auto* word : {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"})
    if (line.starts_with(word)) return true;
  return false;
}

bool speaks_of(const std::string& line, std::string_view table) { return line.find(table) != line.npos; }

/// Statements of one call; begin and commit are not counted (PORTAL-9). Nor are those of events and outbox, and of the
/// blocks of numbers: these are taken in a transaction of their own, for up to 64 registrations at a time (NUM-2).
struct Cost {
  std::ptrdiff_t counted = 0, blocks = 0;
  std::string text;
};

Cost cost_of(TempClinic& clinic, const boost::json::value& request) {
  clinic.log().clear();
  clinic.call("patients.register", request);
  Cost cost;
  for (const auto& line : clinic.log().all()) {
    if (!is_statement(line)) continue;
    if (speaks_of(line, "number_blocks"))
      ++cost.blocks;
    else if (!speaks_of(line, "events") && !speaks_of(line, "outbox_messages"))
      ++cost.counted;
    cost.text += line + "\n";
  }
  return cost;
}

}  // namespace

TEST_CASE("a registration takes at most 3 statements, with a portal account at most 7", "[PORTAL-9]") {
  const std::string delivery = GENERATE("response", "message", "invitation");
  TempClinic clinic({.policy = "{\"credential_delivery\":\"" + delivery + "\"}", .log_level = LogLevel::trace});
  std::ptrdiff_t without_blocks = 0;
  for (int i = 0; i < 20; ++i) {
    const auto who = std::to_string(i);
    const auto plain = cost_of(clinic, {{"first_name", "Plain"},
                                        {"last_name", who},
                                        {"national_id", "PLAIN" + who},
                                        {"email", "plain" + who + "@example.org"}});
    INFO(plain.text);
    CHECK(plain.counted >= 2);  // the patient and the audit, at the least: or else the trace says nothing
    CHECK(plain.counted <= 3);
    const auto portal = cost_of(clinic, {{"first_name", "Portal"},
                                         {"last_name", who},
                                         {"create_portal_account", true},
                                         {"portal_email", "portal" + who + "@example.org"}});
    INFO(portal.text);
    CHECK(portal.counted >= 3);
    CHECK(portal.counted <= 7);
    without_blocks += (plain.blocks == 0) + (portal.blocks == 0);
  }
  CHECK(without_blocks >= 30);  // of 40: blocks grow
}

TEST_CASE("the fifty entries of an audited list take three statements on a server", "[AUDIT-1]") {
  TempClinic clinic({.policy = R"({"audit_reads":true})", .log_level = LogLevel::trace});
  for (int i = 0; i < 50; ++i)
    clinic.call("patients.register", {{"first_name", "Jane"}, {"last_name", std::to_string(i)}});
  clinic.log().clear();
  CHECK(clinic.call("patients.list", {{"limit", 50}}).at("items").as_array().size() == 50);
  const auto lines = clinic.log().all();
  const auto inserts = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("INSERT") && speaks_of(line, "audit_entries");
  });
  CHECK(inserts == (backend_under_test() == Backend::sqlite ? 50 : 3));
}

TEST_CASE(
    "a read by somebody who is logged in is one transaction, with the check of the login and of whose record it is",
    "[ACCESS-2][STORE-3]") {
  TempClinic clinic({.policy = R"({"audit_reads":false})", .log_level = LogLevel::trace});
  clinic.call("patients.register",
              {{"first_name", "Jane"}, {"last_name", "Smith"}, {"number", "P1"}, {"email", "jane@example.org"}});
  clinic.call("sync.create_user_from_patient", {{"patient", "P1"}, {"password", "correct horse battery"}});
  const auto tokens = clinic.call("auth.login", {{"login", "jane@example.org"}, {"password", "correct horse battery"}});
  const auto jane = clinic.clinic().act_with_token(std::string(tokens.at("access_token").as_string()));
  clinic.log().clear();
  CHECK(jane.patients().get({"P1"}).number == "P1");
  std::string text;
  std::ptrdiff_t begun = 0, selects = 0;
  for (const auto& line : clinic.log().all()) {
    text += line + "\n";
    begun += line.starts_with("BEGIN") || speaks_of(line, "START TRANSACTION");
    selects += line.starts_with("SELECT");
  }
  INFO(text);
  CHECK(begun == 1);
  CHECK(selects == 3);  // the login, the patient whom the request names, and the same for the answer
}

TEST_CASE("traced statements hold no parameters", "[PORTAL-9][AUDIT-4][OBS-1]") {
  TempClinic clinic({.log_level = LogLevel::trace});
  const auto made = clinic.call("patients.register", {{"first_name", "Xanthippe"},
                                                      {"last_name", "Quillfeather"},
                                                      {"number", "ZZ-77"},
                                                      {"national_id", "NID4711"},
                                                      {"create_portal_account", true},
                                                      {"portal_email", "xq@example.org"},
                                                      {"medical_history", "gallstones"}});
  clinic.call("patients.search", {{"q", "Xanthippe"}});
  clinic.call("patients.update", {{"patient", "ZZ-77"}, {"address", "Elm Street 9"}});
  const auto lines = clinic.log().all();
  REQUIRE(std::any_of(lines.begin(), lines.end(), is_statement));
  for (const auto& line : lines) {
    INFO(line);
    for (const auto* value :
         {"Xanthippe", "xanthippe", "Quillfeather", "NID4711", "xq@example.org", "gallstones", "Elm Street"})
      CHECK(line.find(value) == line.npos);
    if (is_statement(line)) CHECK(line.find("ZZ-77") == line.npos);
    CHECK(line.find(made.at("portal_credentials").at("temporary_password").as_string()) == line.npos);
  }
}
