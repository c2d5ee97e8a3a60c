#pragma once

/// \file
/// The value types of records, beside the standard ones.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace clinic {

/// A point in time in UTC with milliseconds. JSON: RFC 3339, `2026-11-21T02:14:20.123Z`. Storage: milliseconds since
/// 1970.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// A calendar day without a zone. JSON: `YYYY-MM-DD`. Storage: the integer YYYYMMDD.
using Date = std::chrono::year_month_day;

/// Any JSON value as its text. The text is well formed after validation. Storage: that text.
struct Json {
  std::string text = "null";
  friend bool operator==(const Json&, const Json&) = default;
};

/// A member of an update request, with three states: absent (leave the field as it is), null (clear it), or a value.
/// In JSON: the member is missing, is `null`, or has a value.
template <class T>
class Patch {
 public:
  using value_type = T;

  Patch() = default;                              ///< absent
  Patch(std::nullopt_t) : state_(State::null) {}  ///< null
  template <class U = T>
  requires(!std::same_as<std::remove_cvref_t<U>, Patch> && std::constructible_from<T, U>) Patch(U&& value)
      : state_(State::value), value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

  bool absent() const noexcept { return state_ == State::absent; }
  bool null() const noexcept { return state_ == State::null; }
  const T* value_or_null() const noexcept { return state_ == State::value ? &value_ : nullptr; }

  T& emplace() {
    state_ = State::value;
    return value_ = T();
  }
  void clear() {
    state_ = State::null;
    value_ = T();
  }

  friend bool operator==(const Patch&, const Patch&) = default;

 private:
  enum class State : std::uint8_t { absent, null, value };
  State state_ = State::absent;
  T value_{};
};

}  // namespace clinic
