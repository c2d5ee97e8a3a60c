#pragma once

/// \file
/// How our own value types stand in SQLite's columns. Comes before the code that ODB generates.

#include "optional_traits.hpp"
#include "value_conversions.hpp"

#include <odb/sqlite/traits.hxx>

#include <cstring>

namespace clinic::mapping {

/// Timestamp, Date.
template <class Value>
struct SqliteInteger {
  using value_type = Value;
  using query_type = Value;
  using image_type = long long;

  static void set_value(Value& value, long long image, bool is_null) {
    if (is_null)
      value = Value();
    else
      from_integer(image, value);
  }
  static void set_image(long long& image, bool& is_null, const Value& value) {
    is_null = false;
    image = to_integer(value);
  }
};

/// Enums and Json.
template <class Value>
struct SqliteText {
  using value_type = Value;
  using query_type = Value;
  using image_type = odb::details::buffer;

  static void set_value(Value& value, const odb::details::buffer& image, std::size_t size, bool is_null) {
    if (is_null)
      value = Value();
    else
      from_text(std::string_view(image.data(), size), value);
  }
  static void set_image(odb::details::buffer& image, std::size_t& size, bool& is_null, const Value& value) {
    const auto text = to_text(value);
    is_null = false;
    size = text.size();
    if (size > image.capacity()) image.capacity(size);
    if (size > 0) std::memcpy(image.data(), text.data(), size);
  }
};

}  // namespace clinic::mapping

namespace odb::sqlite {

template <>
class value_traits<clinic::Timestamp, id_integer> : public clinic::mapping::SqliteInteger<clinic::Timestamp> {};
template <>
class value_traits<clinic::Date, id_integer> : public clinic::mapping::SqliteInteger<clinic::Date> {};
template <>
class value_traits<clinic::Json, id_text> : public clinic::mapping::SqliteText<clinic::Json> {};
template <clinic::mapping::Word Enum>
class value_traits<Enum, id_text> : public clinic::mapping::SqliteText<Enum> {};

}  // namespace odb::sqlite
