#include "field_value.hpp"

#include "text.hpp"
#include "usage_error.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace clinic::cli {
namespace {

namespace json = boost::json;

json::value parsed(std::string_view text, const std::string& flag) {
  boost::system::error_code wrong;
  auto value = json::parse({text.data(), text.size()}, wrong);
  if (wrong) throw UsageError(flag + " is not valid JSON: " + wrong.message());
  return value;
}

json::value integer(std::string_view text, const std::string& flag) {
  std::int64_t number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) throw UsageError(flag + " wants an integer");
  return number;
}

json::value boolean(std::string_view text, const std::string& flag) {
  if (text == "true" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "no" || text == "0") return false;
  throw UsageError(flag + " wants true or false");
}

const Field* member(const Field& object, std::string_view name) {
  for (const auto& field : object.fields)
    if (field.name == name || kebab(field.name) == name) return &field;
  return nullptr;
}

/// `system=hospital,value=77`. A comma belongs to the value unless a member's name and `=` follow it.
json::value members(const Field& object, std::string_view text, const std::string& flag) {
  std::vector<std::string> pieces;
  for (auto& part : split(text, ',')) {
    bool begins =
        member(object, std::string_view(part).substr(0, part.find('='))) != nullptr && part.find('=') != part.npos;
    if (begins || pieces.empty())
      pieces.push_back(std::move(part));
    else
      pieces.back() += "," + part;
  }
  json::object result;
  for (const auto& piece : pieces) {
    auto equals = piece.find('=');
    const auto* field = member(object, std::string_view(piece).substr(0, equals));
    if (equals == piece.npos || !field) {
      std::vector<std::string> shape;
      for (const auto& each : object.fields)
        shape.push_back(each.name + "=…");
      throw UsageError(flag + " wants " + join(shape, ",") + ", or a JSON object");
    }
    result[field->name] = field_value(*field, std::string_view(piece).substr(equals + 1), flag);
  }
  return result;
}

}  // namespace

json::value field_value(const Field& field, std::string_view text, const std::string& flag) {
  switch (field.type) {
    case FieldType::text:
    case FieldType::date:
    case FieldType::timestamp:
    case FieldType::word:
      return json::value(json::string_view(text.data(), text.size()));
    case FieldType::integer:
      return integer(text, flag);
    case FieldType::boolean:
      return boolean(text, flag);
    case FieldType::json:
      return parsed(text, flag);
    case FieldType::object:
      return text.starts_with('{') ? parsed(text, flag) : members(field, text, flag);
    case FieldType::list:
      return field_values(field, {std::string(text)}, flag);
  }
  return nullptr;
}

json::array field_values(const Field& list, const std::vector<std::string>& texts, const std::string& flag) {
  json::array result;
  for (const auto& text : texts) {
    if (text.starts_with('[')) {
      auto several = parsed(text, flag);
      if (!several.is_array()) throw UsageError(flag + " wants a JSON array");
      for (auto& each : several.get_array())
        result.push_back(std::move(each));
    } else {
      result.push_back(list.element.empty() ? parsed(text, flag) : field_value(list.element.front(), text, flag));
    }
  }
  return result;
}

}  // namespace clinic::cli
