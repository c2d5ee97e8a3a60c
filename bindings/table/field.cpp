#include "table/field.hpp"

#include "table/words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string_view>

namespace clinic::bindings {
namespace {

namespace json = boost::json;

constexpr int deepest = 8;                               // a record that holds itself must not hang the help
constexpr std::int64_t safe_integer = 9007199254740991;  // the bounds of every integer: no news

const json::object empty_object;

const json::object& as_object(const json::value* value) {
  return value && value->is_object() ? value->get_object() : empty_object;
}

std::string text_at(const json::object& schema, std::string_view key) {
  const auto* value = schema.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool true_at(const json::object& schema, std::string_view key) {
  const auto* value = schema.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> integer_at(const json::object& schema, std::string_view key) {
  const auto* value = schema.if_contains(key);
  if (!value || !value->is_number()) return std::nullopt;
  boost::system::error_code inexact;
  auto number = value->to_number<std::int64_t>(inexact);
  return inexact ? std::nullopt : std::optional(number);
}

std::vector<Field> read_fields(const json::object& schema, int depth);

/// The one type beside null, or an empty text.
std::string type_of(const json::object& schema, bool& nullable) {
  std::vector<std::string> types;
  if (const auto* type = schema.if_contains("type"); type && type->is_string())
    types.emplace_back(type->get_string());
  else if (type && type->is_array())
    for (const auto& one : type->get_array())
      types.emplace_back(one.as_string());
  nullable = std::erase(types, "null") != 0;
  return types.size() == 1 ? types.front() : std::string();
}

Field read_field(const json::object& schema, int depth) {
  Field field;
  field.help = text_at(schema, "description");
  field.format = text_at(schema, "format");
  field.secret = field.format == "password" || true_at(schema, "writeOnly");
  field.patch = true_at(schema, "x-clinic-patch");
  field.max_length = integer_at(schema, "maxLength");
  field.minimum = integer_at(schema, "minimum");
  field.maximum = integer_at(schema, "maximum");
  if (const auto* value = schema.if_contains("default")) field.default_json = json::serialize(*value);
  if (const auto* words = schema.if_contains("enum"); words && words->is_array())
    for (const auto& word : words->get_array())
      if (word.is_string()) field.words.emplace_back(word.get_string());

  const auto type = type_of(schema, field.nullable);
  if (!field.words.empty()) {
    field.type = FieldType::word;
  } else if (type == "string") {
    field.type = field.format == "date"        ? FieldType::date
                 : field.format == "date-time" ? FieldType::timestamp
                                               : FieldType::text;
  } else if (type == "integer") {
    field.type = FieldType::integer;
  } else if (type == "boolean") {
    field.type = FieldType::boolean;
  } else if (type == "object" && schema.contains("properties")) {
    field.type = FieldType::object;
    if (depth < deepest) field.fields = read_fields(schema, depth + 1);
  } else if (type == "array") {
    field.type = FieldType::list;
    if (depth < deepest) field.element = {read_field(as_object(schema.if_contains("items")), depth + 1)};
    if (!field.element.empty()) field.fields = field.element.front().fields;
  }
  return field;
}

std::vector<Field> read_fields(const json::object& schema, int depth) {
  std::vector<Field> result;
  for (const auto& property : as_object(schema.if_contains("properties"))) {
    auto field = read_field(as_object(&property.value()), depth);
    field.name = property.key();
    result.push_back(std::move(field));
  }
  if (const auto* required = schema.if_contains("required"); required && required->is_array())
    for (const auto& name : required->get_array())
      for (auto& field : result)
        if (name.is_string() && field.name == name.get_string()) field.required = true;
  return result;
}

}  // namespace

std::vector<Field> fields_of(const boost::json::value& schema) { return read_fields(as_object(&schema), 0); }

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string type_words(const Field& field) {
  switch (field.type) {
    case FieldType::text:
      return field.format == "email" ? "email" : "text";
    case FieldType::integer:
      return "integer";
    case FieldType::boolean:
      return "yes/no";
    case FieldType::date:
      return "YYYY-MM-DD";
    case FieldType::timestamp:
      return "time";
    case FieldType::word:
      return join(field.words, "|");
    case FieldType::json:
      return "JSON";
    case FieldType::object:
      return "object";
    case FieldType::list:
      return "list of " + (field.element.empty() ? "JSON" : type_words(field.element.front()));
  }
  return {};
}

std::string limit_words(const Field& field) {
  if (field.type == FieldType::text && field.max_length)
    return "at most " + std::to_string(*field.max_length) + " characters";
  if (field.type != FieldType::integer) return {};
  bool low = field.minimum && *field.minimum > -safe_integer;
  bool high = field.maximum && *field.maximum < safe_integer;
  if (low && high) return std::to_string(*field.minimum) + " to " + std::to_string(*field.maximum);
  if (low) return "at least " + std::to_string(*field.minimum);
  if (high) return "at most " + std::to_string(*field.maximum);
  return {};
}

}  // namespace clinic::bindings
