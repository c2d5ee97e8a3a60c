#pragma once

/// \file
/// How our own value types stand in columns: what the value traits of every database are made from.

#include "value_conversions.hpp"

#include <odb/details/buffer.hxx>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace clinic::mapping {

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
      from_integer(ByteOrder::from_column(image), value);
  }
  static void set_image(Image& image, bool& is_null, const Value& value) {
    is_null = false;
    image = ByteOrder::to_column(static_cast<Image>(to_integer(value)));
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
