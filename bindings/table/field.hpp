#pragma once

/// \file
/// One field of a request or an answer, read from the JSON Schema in the operation table.

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::bindings {

enum class FieldType { text, integer, boolean, date, timestamp, word, json, object, list };

struct Field {
  std::string name;
  std::string help;
  FieldType type = FieldType::json;
  bool required = false;
  bool nullable = false;
  bool patch = false;   ///< where it is left out, what is stored stays; null empties that
  bool secret = false;  ///< not to be seen by others: passwords
  std::string format;   ///< email, password, …; empty where there is none
  std::vector<std::string> words;
  std::optional<std::string> default_json;
  std::optional<std::int64_t> max_length, minimum, maximum;
  std::vector<Field> fields;   ///< of an object, and of the objects in a list
  std::vector<Field> element;  ///< list: exactly one, what it holds
};

/// The fields of an object schema, in its order.
std::vector<Field> fields_of(const boost::json::value& schema);

/// The field of that name, or null.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);

/// How the type reads in help: `text`, `YYYY-MM-DD`, `male|female`, `list of system=…,value=…`.
std::string type_words(const Field& field);

/// The limits in words: `at most 100 characters`, `1 to 500`; empty where there is none worth saying.
std::string limit_words(const Field& field);

}  // namespace clinic::bindings
