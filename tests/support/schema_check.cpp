#include "support/schema_check.hpp"

#include <algorithm>
#include <array>
#include <regex>

namespace clinic::test {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

constexpr std::array annotations = {"$schema", "title", "description", "default"};

bool has_type(const json::value& value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return false;
}

bool has_format(const std::string& text, std::string_view format) {
  static const std::regex date("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  static const std::regex time("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z");
  if (format == "date") return std::regex_match(text, date);
  if (format == "date-time") return std::regex_match(text, time);
  if (format == "email") return text.find('@') != text.npos;
  return format == "password";
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

class Checker {
 public:
  /// References are looked up in the document.
  explicit Checker(const json::value& document) : document_(document) {}

  Lines lines;

  void check(const json::object& schema, const json::value& value, const std::string& path) {
    for (const auto& [keyword, argument] : schema) {
      const std::string_view name = keyword;
      if (name == "type")
        type(argument, value, path);
      else if (name == "enum")
        expect(contains(argument.as_array(), value), path, "is none of its words");
      else if (name == "properties" || name == "required" || name == "additionalProperties")
        continue;  // together, below
      else if (name == "items")
        items(argument.as_object(), value, path);
      else if (name == "$ref")
        check(document_.at_pointer(std::string_view(argument.as_string()).substr(1)).as_object(), value, path);
      else if (name == "anyOf")
        any_of(argument.as_array(), value, path);
      else if (name == "const")
        expect(value == argument, path, "is not " + json::serialize(argument));
      else if (!bound(name, argument, value, path) &&
               std::find(annotations.begin(), annotations.end(), name) == annotations.end())
        lines.push_back("the checker does not know the keyword " + std::string(name));
    }
    if (schema.contains("properties") && value.is_object()) object(schema, value.as_object(), path);
  }

 private:
  void expect(bool held, const std::string& path, const std::string& what) {
    if (!held) lines.push_back(path + " " + what);
  }

  static bool contains(const json::array& list, const json::value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }

  void type(const json::value& types, const json::value& value, const std::string& path) {
    bool fits = false;
    if (types.is_string())
      fits = has_type(value, types.as_string());
    else
      for (const auto& one : types.as_array())
        fits = fits || has_type(value, one.as_string());
    expect(fits, path, "is not of the type " + json::serialize(types) + ": " + json::serialize(value));
  }

  void object(const json::object& schema, const json::object& value, const std::string& path) {
    const auto& properties = schema.at("properties").as_object();
    for (const auto& name : schema.at("required").as_array())
      expect(value.contains(name.as_string()), path, "lacks " + std::string(name.as_string()));
    for (const auto& [name, member] : value) {
      if (const auto* property = properties.if_contains(name))
        check(property->as_object(), member, path + "." + std::string(name));
      else
        expect(schema.at("additionalProperties") != json::value(false), path,
               "has an unknown member " + std::string(name));
    }
  }

  void any_of(const json::array& schemas, const json::value& value, const std::string& path) {
    const bool fits = std::any_of(schemas.begin(), schemas.end(), [&](const json::value& schema) {
      Checker one(document_);
      one.check(schema.as_object(), value, path);
      return one.lines.empty();
    });
    expect(fits, path, "fits none of the schemas of anyOf: " + json::serialize(value));
  }

  void items(const json::object& schema, const json::value& value, const std::string& path) {
    if (!value.is_array()) return;
    for (std::size_t i = 0; i < value.as_array().size(); ++i)
      check(schema, value.as_array()[i], path + "[" + std::to_string(i) + "]");
  }

  /// Keywords that bound one value; false where it is none.
  bool bound(std::string_view name, const json::value& argument, const json::value& value, const std::string& path) {
    const auto* text = value.if_string();
    const auto* number = value.if_int64();
    if (name == "minimum")
      expect(!number || *number >= argument.as_int64(), path, "is too small");
    else if (name == "maximum")
      expect(!number || *number <= argument.as_int64(), path, "is too large");
    else if (name == "maxLength")
      expect(!text || code_points(*text) <= argument.to_number<std::size_t>(), path, "is too long");
    else if (name == "minLength")
      expect(!text || code_points(*text) >= argument.to_number<std::size_t>(), path, "is too short");
    else if (name == "format")
      expect(!text || has_format(std::string(*text), argument.as_string()), path, "is no " + json::serialize(argument));
    else if (name == "pattern")
      expect(!text || std::regex_search(std::string(*text), std::regex(std::string(argument.as_string()))), path,
             "does not match " + json::serialize(argument));
    else
      return false;
    return true;
  }

  const json::value& document_;
};

}  // namespace

std::vector<std::string> schema_errors(const json::value& schema, const json::value& value, const std::string& path) {
  return schema_errors_in(schema, schema, value, path);
}

std::vector<std::string> schema_errors_in(const json::value& document, const json::value& schema,
                                          const json::value& value, const std::string& path) {
  Checker checker(document);
  checker.check(schema.as_object(), value, path);
  return std::move(checker.lines);
}

}  // namespace clinic::test
