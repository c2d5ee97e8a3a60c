/// \file
/// Secrets stay where they belong: not in the database in clear, not in logs, audit or errors.

#include "support/catch.hpp"
#include "support/temp_clinic.hpp"

#include "core/password.hpp"

#include <algorithm>
#include <set>

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

/// A generator whose bytes are known, and with them the passwords and tokens that are made of them.
class KnownRandom {
 public:
  void operator()(std::span<std::byte> bytes) {
    std::lock_guard lock(mutex_);
    for (auto& byte : bytes)
      byte = static_cast<std::byte>(next_ += 37);
    drawn_.emplace_back(bytes.begin(), bytes.end());
  }
  std::set<std::string> passwords() const {
    return made([](const RandomSource& source) { return generate_password(12, source); });
  }
  std::set<std::string> tokens() const { return made(generate_token); }

 private:
  using Bytes = std::vector<std::byte>;
  struct NotThisOne {};

  /// What each draw would make; a draw that is of another size, or not enough, makes nothing.
  template <class Make>
  std::set<std::string> made(Make make) const {
    std::lock_guard lock(mutex_);
    std::set<std::string> texts;
    for (const auto& drawn : drawn_) {
      bool used = false;
      try {
        texts.insert(make([&](std::span<std::byte> out) {
          if (used || out.size() != drawn.size()) throw NotThisOne{};
          std::copy(drawn.begin(), drawn.end(), out.begin());
          used = true;
        }));
      } catch (const NotThisOne&) {
        continue;
      }
    }
    return texts;
  }

  mutable std::mutex mutex_;
  unsigned next_ = 0;
  std::vector<Bytes> drawn_;
};

json::object person(const std::string& email) {
  return {{"first_name", "Jane"}, {"last_name", "Smith"}, {"create_portal_account", true}, {"portal_email", email}};
}

}  // namespace

TEST_CASE("passwords and tokens are nowhere in clear", "[AUDIT-4][PORTAL-5][NOTE-5]") {
  const std::string delivery = GENERATE("response", "message", "invitation");
  auto random = std::make_shared<KnownRandom>();
  TempClinic clinic({.policy = "{\"credential_delivery\":\"" + delivery + "\"}",
                     .log_level = LogLevel::trace,
                     .random = [random](std::span<std::byte> bytes) { (*random)(bytes); }});
  const std::string given = "canary-PASSWORD-51f0", wrong = "canary-SHORT";
  std::string errors;

  const auto made = clinic.call("patients.register", person("a@example.org"), {.idempotency_key = "one"});
  std::set<std::string> secrets = {given};
  const auto& shown = made.at("portal_credentials").at("temporary_password");
  CHECK(shown.is_string() == (delivery == "response"));
  if (shown.is_string()) secrets.emplace(shown.as_string());

  auto with_password = person("b@example.org");
  with_password["password"] = given;
  clinic.call("patients.register", with_password, {.idempotency_key = "two"});
  errors += clinic.refusal("patients.register", with_password).to_json();                              // duplicate
  errors += clinic.refusal("patients.register", with_password, {.idempotency_key = "one"}).to_json();  // reused
  with_password["gender"] = given;  // in the wrong place
  errors += clinic.refusal("patients.register", with_password).to_json();
  errors += clinic.refusal("users.create", {{"username", "x"}, {"password", given}, {"rol", "nurse"}}).to_json();
  errors += clinic.refusal("patients.create_account", {{"patient", "nobody"}, {"password", given}}).to_json();
  clinic.call("users.create", {{"username", "nurse"}, {"role", "nurse"}, {"password", given}});
  // A token for an invitation, else a password; one for each call that was not given one.
  const auto generated = delivery == "invitation" ? random->tokens() : random->passwords();
  REQUIRE_FALSE(generated.empty());
  if (shown.is_string()) CHECK(generated.count(std::string(shown.as_string())) == 1);
  secrets.insert(generated.begin(), generated.end());
  for (const auto& secret : secrets)
    check_nowhere(clinic, secret, errors);

  const auto audit = json::serialize(clinic.call("audit.list", {{"limit", 500}}));
  for (const auto& secret : secrets)
    CHECK(audit.find(secret) == std::string::npos);
  CHECK(audit.find("$2b$") == std::string::npos);
  for (const auto* operation : {"users.list", "patients.list"})
    CHECK(json::serialize(clinic.call(operation)).find("$2b$") == std::string::npos);
}

TEST_CASE("what a message carries can be found by nobody who has only the database", "[PORTAL-5][NOTE-5]") {
  TempClinic clinic({.policy = R"({"credential_delivery":"message"})", .log_level = LogLevel::trace});
  clinic.call("patients.register", person("a@example.org"));
  const auto row = clinic.rows("SELECT sealed_secret, data FROM outbox_messages").at(0);
  const std::string sealed(row.at("sealed_secret").as_string());
  CHECK(sealed.size() >= 12 + 28);
  // Two of the same length seal to other texts: there is a nonce.
  clinic.call("patients.register", person("b@example.org"));
  CHECK(clinic.rows("SELECT count(DISTINCT sealed_secret) AS n FROM outbox_messages").at(0).at("n").as_int64() == 2);
  CHECK(std::string(row.at("data").as_string()).find("password") == std::string::npos);
}

TEST_CASE("medical text is in no audit, event, log or error", "[AUDIT-4]") {
  TempClinic clinic({.log_level = LogLevel::trace});
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
  const auto kept = json::serialize(clinic.rows("SELECT * FROM audit_entries")) +
                    json::serialize(clinic.rows("SELECT * FROM events"));
  REQUIRE(kept.find("M-1") != std::string::npos);
  for (const auto& text : {kept, errors, all_logs(clinic)})
    CHECK(text.find("canary") == std::string::npos);
}

TEST_CASE("logs above trace name a patient by number only", "[OBS-1][AUDIT-4]") {
  TempClinic clinic({.log_level = LogLevel::debug});
  clinic.call("patients.register", person("xanthippe@example.org"));
  clinic.refusal("patients.register", person("xanthippe@example.org"));
  const auto logs = all_logs(clinic);
  CHECK(logs.find("patient P") != std::string::npos);
  for (const auto* value : {"xanthippe", "Jane", "Smith"})
    CHECK(logs.find(value) == std::string::npos);
}

TEST_CASE("what the host says with a call is one line of UTF-8", "[MODEL-7][AUDIT-1]") {
  TempClinic clinic;
  const json::object request{{"first_name", "A"}, {"last_name", "B"}};
  for (const auto& wrong : {std::string("\xff"), std::string("a\0b", 3), std::string("a\nb"), std::string(300, 'x')}) {
    CHECK(clinic.refusal("patients.register", request, {.idempotency_key = wrong}).code() ==
          ErrorCode::validation_failed);
    CHECK(clinic.refusal("patients.register", request, {.origin = wrong}).code() == ErrorCode::validation_failed);
    const auto session = clinic.clinic().act_as(Actor::system(wrong));
    CHECK_THROWS_AS(session.call("patients.register", json::serialize(request)), Error);
    CHECK_THROWS_AS(
        clinic.clinic().act_as(Actor::user(wrong, Role::admin)).call("patients.register", json::serialize(request)),
        Error);
  }
  CHECK(clinic.rows("SELECT count(*) AS n FROM patients").at(0).at("n").as_int64() == 0);
  clinic.clinic()
      .act_as(Actor::system("استقبال"))
      .call("patients.register", json::serialize(request), {"ключ", "kiosk 7"});
  CHECK(clinic.call("audit.list", {{"limit", 1}}).at("items").at(0).at("actor_name").as_string() == "استقبال");
}
