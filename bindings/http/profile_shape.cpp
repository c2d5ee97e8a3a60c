#include "profile_shape.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <boost/json.hpp>

#include <algorithm>

namespace clinic::http {
namespace {

namespace json = boost::json;

/// Calls `visit` with every object of the value, those within first.
template <class Visit>
void each_object(json::value& value, const Visit& visit) {
  if (auto* array = value.if_array()) {
    for (auto& element : *array)
      each_object(element, visit);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object)
      each_object(member.value(), visit);
    visit(*object);
  }
}

/// Puts a copy of `name` beside it, under the alias.
void add_alias(json::object& object, const Alias& alias) {
  const auto* value = object.if_contains(alias.name);
  if (!value || object.contains(alias.alias)) return;
  auto copy = *value;
  object.emplace(alias.alias, std::move(copy));
}

bool has_field(const std::vector<bindings::Field>& fields, const std::string& name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const bindings::Field& field) { return field.name == name || has_field(field.fields, name); });
}

}  // namespace

ProfileShape::ProfileShape(const Policy& policy)
    : aliases_(policy.answer_aliases), whole_name_(policy.whole_name_alias), error_is_code_(policy.error_is_code) {
  for (const auto& operation : bindings::operation_table())
    for (const auto& alias : aliases_)
      if (has_field(operation.response, alias.name)) concerned_.insert(operation.name);
}

std::optional<std::string> ProfileShape::body_of(const bindings::Operation& operation, std::string_view body) const {
  if (!whole_name_ || body.find('"' + *whole_name_ + '"') == body.npos || !has_field(operation.request, "first_name") ||
      !has_field(operation.request, "last_name") || has_field(operation.request, *whole_name_))
    return std::nullopt;
  boost::system::error_code failed;
  auto value = json::parse({body.data(), body.size()}, failed);
  auto* object = failed ? nullptr : value.if_object();
  const auto* whole = object ? object->if_contains(*whole_name_) : nullptr;
  if (!whole || !whole->is_string() || object->contains("first_name") || object->contains("last_name"))
    return std::nullopt;
  const auto name = boost::algorithm::trim_copy(std::string(whole->as_string()));
  const auto space = name.rfind(' ');
  object->erase(*whole_name_);
  (*object)["first_name"] = boost::algorithm::trim_copy(name.substr(0, space));
  if (space != name.npos) (*object)["last_name"] = name.substr(space + 1);
  return json::serialize(value);
}

void ProfileShape::reshape(const bindings::Operation& operation, std::string& answer) const {
  if (!concerned_.contains(operation.name)) return;
  auto value = json::parse(answer);
  each_object(value, [&](json::object& object) {
    for (const auto& alias : aliases_)
      add_alias(object, alias);
  });
  answer = json::serialize(value);
}

void ProfileShape::reshape_error(std::string& error) const {
  if (!error_is_code_) return;
  auto value = json::parse(error).as_object();
  value["message"] = value.at("error");
  value["error"] = value.at("code");
  error = json::serialize(value);
}

void ProfileShape::reshape_schema(json::object& schema) const {
  json::value value = std::move(schema);
  each_object(value, [&](json::object& object) {
    auto* properties = object.if_contains("properties");
    auto* required = object.if_contains("required");
    if (!properties || !properties->is_object() || !required || !required->is_array()) return;
    for (const auto& alias : aliases_) {
      if (properties->as_object().contains(alias.alias)) continue;
      add_alias(properties->as_object(), alias);
      auto& names = required->as_array();
      if (std::find(names.begin(), names.end(), json::value(alias.name)) != names.end())
        names.emplace_back(alias.alias);
    }
  });
  schema = std::move(value.as_object());
}

}  // namespace clinic::http
