#pragma once

/// \file
/// The values of fields as they cross the storage line: the one place where C++ values become clinic_value and back.

#include <clinic/description.hpp>
#include <clinic/plugin/storage.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace clinic {

namespace detail {

inline clinic_value integer_value(std::int64_t integer) {
  clinic_value value{};
  value.kind = CLINIC_INT;
  value.as.integer = integer;
  return value;
}

inline clinic_value text_value(std::string_view text) {
  clinic_value value{};
  value.kind = CLINIC_TEXT;
  value.as.text = {text.data(), text.size()};
  return value;
}

inline std::int64_t to_integer(std::int64_t integer) { return integer; }
inline std::int64_t to_integer(bool yes) { return yes ? 1 : 0; }
inline std::int64_t to_integer(Timestamp time) { return time.time_since_epoch().count(); }
inline std::int64_t to_integer(Date date) {
  return static_cast<int>(date.year()) * 10000LL + static_cast<unsigned>(date.month()) * 100LL +
         static_cast<unsigned>(date.day());
}
// False where the integer means no such value.
inline bool from_integer(std::int64_t integer, std::int64_t& to) {
  to = integer;
  return true;
}
inline bool from_integer(std::int64_t integer, bool& to) {
  to = integer != 0;
  return true;
}
inline bool from_integer(std::int64_t integer, Timestamp& to) {
  to = Timestamp(std::chrono::milliseconds(integer));
  return true;
}
inline bool from_integer(std::int64_t integer, Date& to) {
  if (integer < 1'01'01 || integer > 9999'12'31) return false;  // the narrowed year could be another one
  const Date date{std::chrono::year(static_cast<int>(integer / 10000)),
                  std::chrono::month(static_cast<unsigned>(integer / 100 % 100)),
                  std::chrono::day(static_cast<unsigned>(integer % 100))};
  if (date.ok()) to = date;
  return date.ok();
}

/// The value of a field, whose type is known when this is compiled. Every field of every row goes through this function
/// and the next one. Texts point into the field.
template <class T>
clinic_value value_of(const T& field) {
  if constexpr (is_optional<T>)
    return field ? value_of(*field) : clinic_value{};
  else if constexpr (std::is_same_v<T, std::string>)
    return text_value(field);
  else if constexpr (std::is_same_v<T, Json>)
    return text_value(field.text);
  else if constexpr (std::is_enum_v<T>)
    return word(field).empty() ? clinic_value{} : text_value(word(field));
  else
    return integer_value(to_integer(field));
}
/// False when the field cannot hold that value.
template <class T>
bool assign_value(T& field, const clinic_value& value) {
  if constexpr (is_optional<T>) {
    if (value.kind != CLINIC_NULL) return assign_value(field ? *field : field.emplace(), value);
    field.reset();
    return true;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Json> || std::is_enum_v<T>) {
    if (value.kind != CLINIC_TEXT) return false;
    const std::string_view text(value.as.text.data, value.as.text.size);
    if constexpr (std::is_same_v<T, std::string>) {
      field.assign(text);
    } else if constexpr (std::is_same_v<T, Json>) {
      field.text.assign(text);
    } else {
      const auto known = from_word<T>(text);
      if (!known) return false;
      field = *known;
    }
    return true;
  } else {
    return value.kind == CLINIC_INT && from_integer(value.as.integer, field);
  }
}

/// The same for a field that a description names.
inline clinic_value read_value(const TypeDescription& type, const void* at) {
  switch (type.kind) {
    case TypeKind::text:
      return value_of(*static_cast<const std::string*>(at));
    case TypeKind::json:
      return value_of(*static_cast<const Json*>(at));
    case TypeKind::integer:
      return value_of(*static_cast<const std::int64_t*>(at));
    case TypeKind::boolean:
      return value_of(*static_cast<const bool*>(at));
    case TypeKind::timestamp:
      return value_of(*static_cast<const Timestamp*>(at));
    case TypeKind::date:
      return value_of(*static_cast<const Date*>(at));
    case TypeKind::word: {
      const int index = type.get_word(at);
      return index < 0 ? clinic_value{} : text_value(type.words[static_cast<std::size_t>(index)]);
    }
    case TypeKind::optional: {
      const void* held = type.held(at);
      return held ? read_value(*type.element, held) : clinic_value{};
    }
    case TypeKind::object:
    case TypeKind::patch:
    case TypeKind::list:
      break;  // no record has one: checked where the model is made
  }
  return clinic_value{};
}
inline bool write_value(const TypeDescription& type, void* at, const clinic_value& value) {
  switch (type.kind) {
    case TypeKind::text:
      return assign_value(*static_cast<std::string*>(at), value);
    case TypeKind::json:
      return assign_value(*static_cast<Json*>(at), value);
    case TypeKind::integer:
      return assign_value(*static_cast<std::int64_t*>(at), value);
    case TypeKind::boolean:
      return assign_value(*static_cast<bool*>(at), value);
    case TypeKind::timestamp:
      return assign_value(*static_cast<Timestamp*>(at), value);
    case TypeKind::date:
      return assign_value(*static_cast<Date*>(at), value);
    case TypeKind::word: {
      if (value.kind != CLINIC_TEXT) return false;
      const std::string_view text(value.as.text.data, value.as.text.size);
      const auto known = std::find(type.words.begin(), type.words.end(), text);
      if (known == type.words.end()) return false;
      type.set_word(at, static_cast<int>(known - type.words.begin()));
      return true;
    }
    case TypeKind::optional:
      if (value.kind != CLINIC_NULL) return write_value(*type.element, type.emplace(at), value);
      type.reset(at);
      return true;
    case TypeKind::object:
    case TypeKind::patch:
    case TypeKind::list:
      break;
  }
  return false;
}

}  // namespace detail
}  // namespace clinic
