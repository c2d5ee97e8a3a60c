#pragma once

/// \file
/// How our own value types stand in columns: what the value traits of every database are made from. Columns hold what
/// the fields of a record are at the plugin line.

#include "records/values.hpp"

#include <odb/details/buffer.hxx>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace clinic::mapping {

/// A described enum: it is kept as its word.
template <class T>
concept Word = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

/// A value that the type does not have, such as an unknown word, is an error: a newer version wrote the row, or the row
/// is damaged.
template <class Value>
void read_column(Value& value, const clinic_value& column) {
  if (!detail::assign_value(value, column)) throw std::invalid_argument("an unknown value in the database");
}

/// The bytes of an integer as the machine has them.
struct HostOrder {
  template <class Integer>
  static Integer to_column(Integer integer) {
    return integer;
  }
  template <class Integer>
  static Integer from_column(Integer integer) {
    return integer;
  }
};

/// Timestamp, Date.
template <class Value, class Image, class ByteOrder = HostOrder>
struct IntegerTraits {
  using value_type = Value;
  using query_type = Value;
  using image_type = Image;

  static void set_value(Value& value, Image image, bool is_null) {
    if (is_null)
      value = Value();
    else
      read_column(value, detail::integer_value(ByteOrder::from_column(image)));
  }
  static void set_image(Image& image, bool& is_null, const Value& value) {
    is_null = false;
    image = ByteOrder::to_column(static_cast<Image>(detail::to_integer(value)));
  }
};

/// Enums and Json.
template <class Value>
struct TextTraits {
  using value_type = Value;
  using query_type = Value;
  using image_type = odb::details::buffer;

  static void set_value(Value& value, const odb::details::buffer& image, std::size_t size, bool is_null) {
    if (is_null)
      value = Value();
    else
      read_column(value, detail::text_value({image.data(), size}));
  }
  static void set_image(odb::details::buffer& image, std::size_t& size, bool& is_null, const Value& value) {
    const auto column = detail::value_of(value);
    if (column.kind != CLINIC_TEXT) throw std::invalid_argument("an enum value without a word");
    const auto text = column.as.text;
    is_null = false;
    size = text.size;
    if (size > image.capacity()) image.capacity(size);
    if (size > 0) std::memcpy(image.data(), text.data, size);
  }
};

}  // namespace clinic::mapping
