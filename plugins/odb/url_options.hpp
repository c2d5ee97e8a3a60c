#pragma once

/// \file
/// The options of a storage URL, `…?pool=8&lock_timeout=5000`.

#include "failure.hpp"

#include <driver.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

inline Failure refused_url(const std::string& why) {
  return Failure::refused(std::string(Driver::name) + " URL: " + why);
}

inline std::int64_t option_number(std::string_view name, std::string_view value, std::int64_t least,
                                  std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most)
    throw refused_url(std::string(name) + " is a number from " + std::to_string(least) + " to " + std::to_string(most));
  return number;
}

/// At most an hour. 0 means no waiting at all; a greater `least` rules it out.
inline std::chrono::milliseconds option_duration(std::string_view name, std::string_view value,
                                                 std::int64_t least = 0) {
  return std::chrono::milliseconds(option_number(name, value, least, 3600000));
}

inline std::size_t option_pool(std::string_view value) {
  return static_cast<std::size_t>(option_number("pool", value, 1, 1000));
}

}  // namespace
}  // namespace clinic::mapping
