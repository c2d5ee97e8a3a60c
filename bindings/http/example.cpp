#include "example.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace clinic::http {
namespace {

namespace json = boost::json;

/// What stands for a field that means more than its format says.
const std::map<std::string_view, std::string_view> texts = {
    {"access_token", "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"},
    {"action", "PATIENT_CREATED"},
    {"address", "12 Long Street, Nairobi"},
    {"allergies", "Penicillin"},
    {"circumstances", "Found at the bus station, green coat"},
    {"code", "123456"},
    {"doctor", "Dr. Amina Yusuf"},
    {"emergency_contact_name", "Omar Smith"},
    {"emergency_contact_phone", "+254712345679"},
    {"first_name", "Jane"},
    {"gender", "female"},
    {"http_method", "GET"},
    {"http_path", "/patients"},
    {"insurance_provider", "National Health Fund"},
    {"language", "en"},
    {"last_name", "Smith"},
    {"locale", "en"},
    {"login", "jane.smith@example.org"},
    {"login_url", "/patient-portal/login"},
    {"medical_history", "Asthma since childhood"},
    {"message", "Done"},
    {"message_template", "welcome_credentials"},
    {"method", "GET"},
    {"national_id", "12345678"},
    {"number", "P2026001"},
    {"path", "/patients"},
    {"patient", "P2026001"},
    {"phone", "+254712345678"},
    {"policy_number", "NHF-4711"},
    {"portal_phone", "+254712345678"},
    {"q", "smith"},
    {"role", "patient"},
    {"reason", "Both showed the same identity card"},
    {"refresh_token", "01890a5d-ac96-774b-bcce-b302099a8057.1.9f86d081884c7d65"},
    {"starts_at", "2030-01-07T09:00:00.000Z"},
    {"system", "hospital"},
    {"text", "Called back at nine"},
    {"token_type", "Bearer"},
    {"username", "jane.smith@example.org"},
    {"value", "H-77"},
    {"whatsapp", "+254712345678"},
};

constexpr std::string_view some_id = "01890a5d-ac96-774b-bcce-b302099a8057";

bool ends_with_id(std::string_view name) {
  return name == "id" || name.ends_with("_id") || name == "user" || name == "message" || name == "note" ||
         name == "appointment" || name == "after" || name == "next";
}

std::string text_example(const json::object& schema, std::string_view name) {
  const auto* format = schema.if_contains("format");
  const std::string_view kind = format ? std::string_view(format->as_string()) : std::string_view();
  if (const auto known = texts.find(name); known != texts.end()) return std::string(known->second);
  if (kind == "date") return "1985-03-20";
  if (kind == "date-time") return "2026-11-29T09:00:00.000Z";
  if (kind == "email") return "jane.smith@example.org";
  if (kind == "password") return name.find("token") == name.npos ? "correct horse battery" : std::string(some_id);
  if (ends_with_id(name)) return std::string(some_id);
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

/// The type beside null.
std::string_view type_of(const json::object& schema) {
  const auto* type = schema.if_contains("type");
  if (!type) return {};
  if (const auto* one = type->if_string()) return *one;
  for (const auto& each : type->as_array())
    if (each.as_string() != "null") return each.as_string();
  return {};
}

}  // namespace

json::value example_of(const json::object& schema, std::string_view name) {
  if (const auto* words = schema.if_contains("enum")) {
    const auto& all = words->as_array();
    const auto known = texts.find(name);
    const bool fits =
        known != texts.end() && std::find(all.begin(), all.end(), json::value(known->second)) != all.end();
    return fits ? json::value(known->second) : all.front();
  }
  const auto type = type_of(schema);
  if (type == "string") return json::value(text_example(schema, name));
  if (type == "boolean") return name == "success" || name == "valid" || name == "healthy";
  if (type == "integer") {
    const auto* standard = schema.if_contains("default");
    const auto* least = schema.if_contains("minimum");
    constexpr std::int64_t some = 1;
    if (standard) return *standard;
    return least && least->as_int64() > some ? least->as_int64() : some;
  }
  if (type == "array") {
    const auto& items = schema.at("items").as_object();
    return json::array{example_of(items, name)};
  }
  if (type == "object") {
    json::object example;
    if (const auto* properties = schema.if_contains("properties"))
      for (const auto& property : properties->as_object())
        example.emplace(property.key(), example_of(property.value().as_object(), property.key()));
    return example;
  }
  return json::object{};  // any JSON
}

json::object body_example(const Endpoint& endpoint) {
  // Where there is an email, no phone beside it: some operations take one or the other.
  static const std::set<std::string> worth_showing{"birth_date", "doctor",    "email",     "first_name", "gender",
                                                   "role",       "last_name", "starts_at", "text"};
  // Where a phone must be given it says who it is: the clinic may have one person for a phone.
  static const std::set<std::string> beside_phone{"first_name", "last_name"};
  const bool by_phone = std::any_of(endpoint.in_body.begin(), endpoint.in_body.end(),
                                    [](const auto* field) { return field->required && field->name == "phone"; });
  json::object body;
  for (const auto* field : endpoint.in_body) {
    const bool shown = worth_showing.contains(field->name) && !(by_phone && beside_phone.contains(field->name));
    if (!field->required && !shown) continue;
    const auto& schema = endpoint.operation().request_schema.at("properties").as_object().at(field->name).as_object();
    body.emplace(field->name, example_of(schema, field->name));
  }
  return body;
}

}  // namespace clinic::http
