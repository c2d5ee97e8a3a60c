#include "named_schemas.hpp"

#include <boost/json.hpp>

#include <stdexcept>

namespace clinic::http {
namespace {

namespace json = boost::json;

/// Whether an object's schema allows null; then it says so no more.
bool take_null(json::object& schema) {
  if (!schema.at("type").is_array()) return false;
  schema["type"] = "object";
  return true;
}

/// `patients.medical_history.update` → `PatientsMedicalHistoryUpdate`.
std::string in_capitals(const std::string& operation) {
  std::string name;
  bool begins = true;
  for (const char c : operation) {
    if (c == '.' || c == '_') {
      begins = true;
      continue;
    }
    name += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = false;
  }
  return name;
}

}  // namespace

void NamedSchemas::name_within(json::value& value, std::string_view other_suffix) {
  auto* schema = value.if_object();
  if (!schema) return;
  for (auto& member : *schema) {
    if (member.key() == "properties") {
      for (auto& property : member.value().as_object())
        name_within(property.value(), other_suffix);
    } else if (member.key() == "items") {
      name_within(member.value(), other_suffix);
    }
  }
  if (!schema->contains("properties") || !schema->contains("title")) return;
  // What the field says stays at the field; what the struct says goes to the struct.
  json::value description = schema->contains("description") ? schema->at("description") : json::value();
  schema->erase("description");
  const bool nullable = take_null(*schema);
  auto reference = name(std::move(*schema), other_suffix);
  json::object field;
  if (nullable)
    field["anyOf"] = json::array{std::move(reference), json::object{{"type", "null"}}};
  else
    field = std::move(reference);
  if (!description.is_null()) field["description"] = std::move(description);
  value = std::move(field);
}

json::object NamedSchemas::name(json::object schema, std::string_view other_suffix) {
  std::string title(schema.at("title").as_string());
  for (const std::string_view suffix : {std::string_view(), other_suffix}) {
    auto known = title + std::string(suffix);
    schema["title"] = known;
    const auto [at, added] = schemas_.emplace(known, schema);
    if (added || at->value() == schema) return {{"$ref", "#/components/schemas/" + known}};
  }
  throw std::logic_error("two schemas are named " + title);
}

json::object NamedSchemas::response(json::object schema) {
  json::value value = std::move(schema);
  name_within(value, "Answer");
  return std::move(value.as_object());
}

json::object NamedSchemas::request(json::object schema, const std::string& part_of) {
  if (!part_of.empty()) schema["title"] = in_capitals(part_of) + "Request";
  json::value value = std::move(schema);
  name_within(value, "Input");
  return std::move(value.as_object());
}

}  // namespace clinic::http
