/// \file
/// Every naughty string through every text field of every request: it comes back unchanged, or is refused with an error
/// that names that field. The fields come from the operation table, so that a new one cannot be forgotten.

#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/json_match.hpp"
#include "support/recording_notifier.hpp"
#include "support/temp_clinic.hpp"

#include "base/formats.hpp"

#include <functional>
#include <map>
#include <set>

using namespace clinic;
using namespace clinic::test;
namespace json = boost::json;

namespace {

/// Paths of all texts of a request: `q`, `patients[0]`, `identifiers[0].system`.
void collect_texts(const json::value& schema, const std::string& prefix, std::set<std::string>& paths) {
  for (const auto& [name, property] : schema.at("properties").as_object()) {
    const auto path = prefix + std::string(name);
    const auto type = json::serialize(property.at("type"));
    if (type.find("\"string\"") != type.npos) paths.insert(path);
    if (type.find("\"array\"") == type.npos) continue;
    if (property.at("items").as_object().contains("properties"))
      collect_texts(property.at("items"), path + "[0].", paths);
    else
      paths.insert(path + "[0]");
  }
}

std::map<std::string, std::set<std::string>> texts_of_operations() {
  std::map<std::string, std::set<std::string>> texts;
  const auto table = json::parse(operation_table_json());
  for (const auto& row : table.at("operations").as_array())
    collect_texts(row.at("request_schema"), "", texts[std::string(row.at("name").as_string())]);
  return texts;
}

/// Lists of requests have one element here.
void set(json::object& request, const std::string& path, const json::value& value) {
  if (path.ends_with("[0]")) {
    request[path.substr(0, path.size() - 3)] = json::array{value};
    return;
  }
  const auto bracket = path.find("[0].");
  if (bracket == path.npos) {
    request[path] = value;
    return;
  }
  auto& list = request[path.substr(0, bracket)];
  if (!list.is_array()) list = json::array{json::object{{"system", "s"}, {"value", "v"}}};
  list.as_array()[0].as_object()[path.substr(bracket + 4)] = value;
}

/// How an operation is called with texts in its fields.
struct Target {
  std::string operation;
  std::function<json::object()> base;         ///< a request that is accepted
  std::map<std::string, std::string> kept{};  ///< where a field comes back, in what `reread` answers
  std::function<json::value(const json::value& reply)> reread{};  ///< else the reply itself
  std::optional<Actor> actor{};                                   ///< else the system
  bool may_lack = false;  ///< what it asks for need not be there: an error of another code is an answer
};

class NaughtyStrings {
 public:
  NaughtyStrings() {
    patient_ =
        clinic_.call("patients.register", {{"first_name", "A"}, {"last_name", "B"}, {"number", "BASE"}}).at("patient");
    linked_ = clinic_.call(
        "users.create",
        {{"username", "linked"}, {"email", "linked@example.org"}, {"first_name", "A"}, {"last_name", "B"}});
    nurse_ = clinic_.call("users.create", {{"username", "nurse"}, {"email", "nurse@example.org"}, {"role", "nurse"}})
                 .at("user");
  }

  /// Each text in all fields at once; a field that refuses it goes back to what it was, and the rest are tried again.
  void run(const Target& target, const std::set<std::string>& fields, const std::string& text) {
    auto left = fields;
    for (;;) {
      auto request = target.base();
      for (const auto& field : left)
        set(request, field, json::value(text));
      INFO(target.operation << " " << json::serialize(request));
      try {
        const auto reply = call(target, request);
        came_back(target, left, text, reply);
        return;
      } catch (const Error& error) {
        INFO(error.to_json());
        REQUIRE(error.http_status() < 500);
        if (target.may_lack && error.code() != ErrorCode::validation_failed) return;
        REQUIRE(without_refused(left, error));
      }
    }
  }

  json::value call(const Target& target, const json::object& request) {
    if (!target.actor) return clinic_.call(target.operation, request);
    return json::parse(clinic_.clinic().act_as(*target.actor).call(target.operation, json::serialize(request)));
  }

  std::vector<Target> targets() {
    const auto nothing = [] { return json::object(); };
    const auto patient = [] { return json::object{{"patient", "BASE"}}; };
    const auto user = [this] { return json::object{{"user", nurse_.at("id")}}; };
    const auto token = [] { return json::object{{"token", "x"}, {"new_password", "a long enough passphrase"}}; };
    const auto linked_user = [this] { return json::object{{"user", linked_.at("user").at("id")}}; };
    return {
        {"patients.register", [this] { return registration(); }, registration_fields(),
         [this](const json::value& reply) { return whole_registration(reply); }},
        {"patients.create_account",
         [this] { return account_request(); },
         {{"phone", "user.phone"}, {"email", "user.email"}},
         [this](const json::value& reply) {
           return json::object{{"user", clinic_.call("users.get", {{"user", reply.at("patient").at("account_id")}})}};
         }},
        {"patients.create_accounts", nothing},
        {"patients.register_unidentified", nothing},
        {"patients.get", patient},
        {"patients.list", nothing},
        {"patients.search",
         [] {
           return json::object{{"q", "x"}};
         }},
        {"patients.update", patient, same(patient_texts)},
        {"patients.verify", patient},
        {"patients.confirm_account",
         [this] {
           return json::object{{"patient", linked_.at("user").at("id")}};
         }},
        {"patients.medical_history.get", patient},
        {"patients.medical_history.update",
         [] {
           return json::object{{"patient", "BASE"}, {"history", "x"}};
         },
         same({"history"})},
        {"patients.identifiers.list", patient},
        {"patients.identifiers.add",
         [this] { return identifier(); },
         {{"system", "system"}, {"value", "value"}},
         [](const json::value& reply) { return reply.at("identifiers").as_array().back(); }},
        {"patients.identifiers.remove", [this] { return existing_identifier(); }},
        {"patients.find_by_identifier",
         [this] {
           auto request = existing_identifier();
           request.erase("patient");
           return request;
         }},
        {"patients.notes.list", patient},
        {"patients.notes.get", [this] { return note(); }},
        {"patients.notes.create",
         [] {
           return json::object{{"patient", "BASE"}, {"text", "x"}};
         },
         same({"text"})},
        {"patients.notes.update", [this] { return note(); }, same({"text"})},
        {"patients.notes.remove", [this] { return note(); }},
        {"notifications.list", patient},
        {"notifications.get", [this] { return message(); }},
        {"notifications.retry", [this] { return message("dead"); }},
        {"notifications.cancel", [this] { return message(); }},
        {"notifications.dispatch", [] { return json::object(); }},
        {"notifications.preview",
         [] {
           return json::object{{"message_template", "invitation"}};
         }},
        {"notifications.receipt",
         [] {
           return json::object{{"method", "POST"},
                               {"url", "x"},
                               {"body", "x"},
                               {"headers", json::array{json::object{{"name", "x"}, {"value", "x"}}}}};
         },
         {},
         {},
         {},
         true},
        {"notifications.preferences.get", patient},
        {"notifications.preferences.set", patient},
        {"events.list", [] { return json::object(); }},
        {"users.create",
         [this] { return new_user(); },
         {{"username", "user.username"},
          {"email", "user.email"},
          {"phone", "user.phone"},
          {"first_name", "user.first_name"},
          {"last_name", "user.last_name"},
          {"address", "user.address"},
          {"locale", "user.locale"}}},
        {"patients.invite",
         [this] {
           return json::object{{"patient", linked_.at("patient").at("number")}};
         },
         {},
         {},
         {},
         true},
        {"users.invite", user, {}, {}, {}, true},
        {"users.revoke_invitation", user},
        {"users.change_role",
         [this] {
           return json::object{{"user", nurse_.at("id")}, {"role", "nurse"}};
         }},
        {"users.unlock", user},
        {"users.end_logins", user},
        {"users.import",
         [] {
           return json::object{{"users", json::array{json::object{{"role", "nurse"}}}}};
         }},
        {"auth.login",
         [] {
           return json::object{{"login", "x"}, {"password", "x"}};
         },
         {},
         {},
         {},
         true},
        {"auth.refresh",
         [] {
           return json::object{{"refresh_token", "x"}};
         },
         {},
         {},
         {},
         true},
        {"auth.logout", nothing, {}, {}, {}, true},
        {"auth.logout_everywhere", nothing, {}, {}, oneself()},
        {"auth.me", nothing, {}, {}, oneself()},
        {"auth.change_password",
         [] {
           return json::object{{"current_password", "x"}, {"new_password", "y"}};
         },
         {},
         {},
         oneself(),
         true},
        {"auth.register",
         [this] {
           return json::object{{"first_name", "A"},
                               {"last_name", "B"},
                               {"username", unique()},
                               {"password", "a long enough passphrase"}};
         },
         {{"username", "user.username"},
          {"email", "patient.email"},
          {"phone", "user.phone"},
          {"first_name", "patient.first_name"},
          {"last_name", "user.last_name"},
          {"address", "patient.address"},
          {"locale", "user.locale"}}},
        {"auth.start_registration",
         [this] {
           return json::object{{"email", unique() + "@example.org"}};
         }},
        {"auth.resend_code",
         [] {
           return json::object{{"verification_token", "x"}};
         },
         {},
         {},
         {},
         true},
        {"auth.verify_contact",
         [] {
           return json::object{{"email", "a@example.org"}, {"code", "1"}, {"verification_token", "x"}};
         },
         {},
         {},
         {},
         true},
        {"auth.set_password",
         [] {
           return json::object{
               {"email", "a@example.org"}, {"verified_token", "x"}, {"password", "a long enough passphrase"}};
         },
         {},
         {},
         {},
         true},
        {"profile.start_contact_change",
         [this] {
           return json::object{{"email", unique() + "@example.org"}};
         },
         {},
         {},
         oneself()},
        {"profile.confirm_contact",
         [] {
           return json::object{{"code", "1"}, {"verification_token", "x"}};
         },
         {},
         {},
         oneself(),
         true},
        {"appointments.list", patient},
        {"appointments.get",
         [this] {
           return json::object{{"appointment", clinic_.call("ivr.book", booking()).at("appointment").at("id")}};
         }},
        {"ivr.book",
         [this] { return booking(); },
         {{"doctor", "appointment.doctor"},
          {"department", "appointment.department"},
          {"comment", "appointment.comment"}}},
        {"auth.request_password_reset",
         [] {
           return json::object{{"login", "x"}};
         },
         {},
         {},
         {},
         true},
        {"auth.reset_password", token, {}, {}, {}, true},
        {"auth.accept_invitation", token, {}, {}, {}, true},
        {"profile.get", nothing, {}, {}, oneself()},
        {"profile.update",
         [] {
           return json::object{{"email", "linked@example.org"}, {"first_name", "A"}, {"last_name", "B"}};
         },
         {{"first_name", "user.first_name"},
          {"last_name", "patient.last_name"},
          {"email", "user.email"},
          {"phone", "user.phone"},
          {"address", "patient.address"},
          {"locale", "user.locale"},
          {"whatsapp", "patient.whatsapp"},
          {"emergency_contact_name", "patient.emergency_contact_name"},
          {"emergency_contact_phone", "patient.emergency_contact_phone"}},
         {},
         oneself()},
        {"profile.delete",
         [] {
           return json::object{{"password", "x"}};
         },
         {},
         {},
         oneself(),
         true},
        {"users.get", user},
        {"users.list", nothing},
        {"users.update", user, same({"username", "email", "phone", "first_name", "last_name", "address", "locale"})},
        {"sync.create_patient_from_user",
         [this] { return user_without_patient(); },
         {{"address", "patient.address"}, {"national_id", "patient.national_id"}}},
        {"sync.create_user_from_patient",
         [this] {
           return json::object{{"patient", linked_.at("patient").at("number")}};
         }},
        {"sync.run",
         [] {
           return json::object{{"dry_run", true}};
         }},
        {"sync.check", nothing},
        {"sync.repair", nothing},
        {"sync.patient_for_user", linked_user},
        {"sync.has_patient_record", linked_user},
        {"sync.user_for_patient", patient},
        {"sync.person", patient},
        {"sync.find",
         [] {
           return json::object{{"email", "nobody@example.org"}};
         }},
        {"sync.has_user_account", patient},
        {"sync.link",
         [this] { return link(); },
         {{"reason", "metadata.reason"}},
         [this](const json::value&) { return last_audit(); }},
        {"sync.unlink",
         [this] {
           clinic_.call("sync.link", link());
           return json::object{{"patient", linked_.at("patient").at("number")}, {"reason", "test"}};
         },
         {{"reason", "metadata.reason"}},
         [this](const json::value&) { return last_audit(); }},
        {"audit.list", nothing},
        {"system.check", nothing},
        {"system.reencrypt", nothing},
        {"system.clean_up", nothing},
        {"system.metrics", nothing},
        {"audit.seal", nothing},
        {"audit.verify", nothing},
        {"patients.access_log", patient},
        {"system.operations", nothing},
        {"system.version", nothing},
        {"system.health", nothing},
    };
  }

 private:
  static inline const std::set<std::string> patient_texts = {"first_name",
                                                             "last_name",
                                                             "phone",
                                                             "email",
                                                             "whatsapp",
                                                             "national_id",
                                                             "address",
                                                             "emergency_contact_name",
                                                             "emergency_contact_phone",
                                                             "insurance_provider",
                                                             "policy_number",
                                                             "allergies"};

  static std::map<std::string, std::string> same(const std::set<std::string>& names) {
    std::map<std::string, std::string> paths;
    for (const auto& name : names)
      paths[name] = name;
    return paths;
  }

  static bool without_refused(std::set<std::string>& fields, const Error& error) {
    bool any = false;
    for (const auto& wrong : error.fields()) {
      const auto refused = [&](const std::string& field) {
        // An identifier is found, or not, by system and value together; the error names the value.
        const bool other_half = wrong.path == "value" && field == "system";
        return field == wrong.path || other_half || field.starts_with(wrong.path + "[");
      };
      any = std::erase_if(fields, refused) > 0 || any;
    }
    return any;
  }

  void came_back(const Target& target, const std::set<std::string>& fields, const std::string& text,
                 const json::value& reply) {
    const auto found = target.reread ? target.reread(reply) : reply;
    for (const auto& field : fields) {
      const auto path = target.kept.find(field);
      if (path == target.kept.end()) continue;  // what only asks, or is secret
      INFO(field);
      const auto* value = at_path(found, path->second);
      REQUIRE(value);
      if (text.empty())
        CHECK(*value != json::value(""));  // as though it had not been given
      else
        CHECK(*value == json::value(field == "username" ? trimmed(text) : text));
    }
  }

  Actor oneself() const { return Actor::user(std::string(linked_.at("user").at("id").as_string()), Role::patient); }

  std::string unique() { return "unique" + std::to_string(++counter_); }

  json::object registration() {
    return {{"first_name", "A"},
            {"last_name", "B"},
            {"create_portal_account", true},
            {"portal_email", unique() + "@example.org"}};
  }
  static std::map<std::string, std::string> registration_fields() {
    std::map<std::string, std::string> paths;
    for (const auto& name : patient_texts)
      paths[name] = "patient." + name;
    paths["number"] = "patient.number";
    paths["medical_history"] = "history.history";
    paths["portal_email"] = "user.email";
    paths["portal_phone"] = "user.phone";
    paths["identifiers[0].system"] = "identifiers.0.system";
    paths["identifiers[0].value"] = "identifiers.0.value";
    return paths;
  }
  json::value whole_registration(const json::value& reply) {
    const json::object key{{"patient", reply.at("patient").at("id")}};
    return json::object{{"patient", reply.at("patient")},
                        {"history", clinic_.call("patients.medical_history.get", key)},
                        {"identifiers", clinic_.call("patients.identifiers.list", key).at("identifiers")},
                        {"user", clinic_.call("sync.user_for_patient", key).at("user")}};
  }
  json::object account_request() {
    const auto made = clinic_.call("patients.register",
                                   {{"first_name", "A"}, {"last_name", "B"}, {"email", unique() + "@example.org"}});
    return {{"patient", made.at("patient").at("id")}};
  }
  json::object identifier() { return {{"patient", "BASE"}, {"system", "s"}, {"value", unique()}}; }
  json::object existing_identifier() {
    auto request = identifier();
    clinic_.call("patients.identifiers.add", request);
    return request;
  }
  json::object note() {
    return {{"note", clinic_.call("patients.notes.create", {{"patient", "BASE"}, {"text", "x"}}).at("id")}};
  }
  json::object message(const std::string& status = "pending") {
    const auto id = "message-" + std::to_string(++counter_);
    clinic_.rows(
        "INSERT INTO outbox_messages (id, channel, message_template, locale, recipient, data, status, attempts, "
        "due_at, "
        "created_at, version) VALUES ('" +
        id + "', 'email', 'contact_changed', 'en', 'a@example.org', '{}', '" + status + "', 0, 0, 0, 1)");
    return {{"message", id}};
  }
  static json::object booking() {
    return {{"phone", "+254712345679"}, {"starts_at", "2999-01-05T09:00:00Z"}, {"doctor", "Dr. Wanjiru"}};
  }
  json::object new_user() { return {{"username", unique()}, {"role", "nurse"}}; }
  json::object user_without_patient() {
    const auto made = clinic_.call("users.create", {{"username", unique()}, {"first_name", "A"}, {"last_name", "B"}});
    const std::string id(made.at("user").at("id").as_string());
    clinic_.rows("DELETE FROM patients WHERE id = '" + id + "'; UPDATE users SET patient_id = NULL WHERE id = '" + id +
                 "'");
    return {{"user", id}};
  }
  json::object link() {
    const auto user = clinic_.rows("SELECT id FROM users WHERE username = 'linked'").at(0).at("id");
    return {{"user", user}, {"patient", linked_.at("patient").at("number")}, {"reason", "test"}};
  }
  json::value last_audit() { return clinic_.call("audit.list", {{"limit", 1}}).at("items").at(0); }

  RecordingNotifier gateway_;
  TempClinic clinic_{{.policy = R"({"self_registration":true,"rate_limits":[],"portal_address":"https://x.example"})",
                      .notifiers = {gateway_.serving(MessageChannel::sms)}}};
  json::value patient_, linked_, nurse_;
  int counter_ = 0;
};

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::vector<std::string> naughty_strings() {
  std::vector<std::string> texts;
  const auto file = json::parse(contents(data_folder() + "/naughty-strings.json"));
  for (const auto& text : file.as_array())
    texts.emplace_back(text.as_string());
  return texts;
}

}  // namespace

TEST_CASE("every naughty string comes back from every text field, or is refused by its name", "[MODEL-7][MODEL-11]") {
  const auto operations = texts_of_operations();
  const auto strings = naughty_strings();
  REQUIRE(strings.size() > 500);
  std::set<std::string> untried;
  for (const auto& [name, fields] : operations)
    untried.insert(name);
  NaughtyStrings first;
  const auto targets = first.targets();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    untried.erase(targets[i].operation);
    const auto& fields = operations.at(targets[i].operation);
    for (const auto& [field, path] : targets[i].kept)
      REQUIRE(fields.count(field) == 1);
    // On a server every third operation, on the next server others, and of the strings every other one: that all of
    // Unicode passes is for the conformance suite, and making the tables of a clinic takes long there.
    const bool server = backend_under_test() != Backend::sqlite;
    if (fields.empty() || (server && i % 3 != static_cast<std::size_t>(backend_under_test()))) continue;
    NaughtyStrings naughty;  // a clinic for each: "undefined" may be somebody's number in another
    const auto target = naughty.targets()[i];
    // Under sanitizers every sixth: what reads and compares texts has all of them in the unit tests.
    const std::size_t step = sanitized ? 6 : server ? 2 : 1;
    for (std::size_t k = i % step; k < strings.size(); k += step)
      naughty.run(target, fields, strings[k]);
  }
  for (const auto& name : untried)
    FAIL_CHECK("no naughty string goes through " << name);
}

TEST_CASE("invalid UTF-8 and NUL are refused by every text field", "[MODEL-7]") {
  TempClinic clinic;
  const std::map<std::string, std::string> codes = {{std::string("a\0b", 3), "contains_nul"},
                                                    {"\xff", "invalid_utf8"},
                                                    {"\xc0\xaf", "invalid_utf8"},
                                                    {"\xed\xa0\x80", "invalid_utf8"}};
  for (const auto& [operation, fields] : texts_of_operations()) {
    for (const auto& field : fields) {
      for (const auto& [text, code] : codes) {
        json::object request;
        set(request, field, json::value(text));
        INFO(operation << " " << field << " " << code);
        const auto error = clinic.refusal(operation, request);
        REQUIRE(error.code() == ErrorCode::validation_failed);
        const auto& errors = error.fields();
        const auto found =
            std::find_if(errors.begin(), errors.end(), [&](const FieldError& e) { return e.path == field; });
        REQUIRE(found != errors.end());
        const bool other_kind = found->code == "unknown_word" || found->code == "invalid_format";  // words, days, times
        CHECK((found->code == code || other_kind));
        CHECK(found->message.find(text) == std::string::npos);
      }
    }
  }
}
