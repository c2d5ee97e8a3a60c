#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace clinic {

using Names = std::vector<std::string_view>;

/// A member's value: a text, a number, a truth value, or names. Of none, the member is left out. Texts and names are
/// not copied.
class JsonValue {
 public:
  JsonValue(std::nullopt_t) {}                                 // NOLINT(google-explicit-constructor)
  JsonValue(const Names& names) : value_(std::span(names)) {}  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> Bool>
  JsonValue(Bool value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) JsonValue(Integer value)
      : value_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  template <std::convertible_to<std::string_view> Text>
  JsonValue(const Text& value) : value_(std::string_view(value)) {}  // NOLINT(google-explicit-constructor)
  template <class T>
  JsonValue(const std::optional<T>& value) {  // NOLINT(google-explicit-constructor)
    if (value) *this = JsonValue(*value);
  }

  const auto& get() const { return value_; }

 private:
  std::variant<std::monostate, std::string_view, std::int64_t, bool, std::span<const std::string_view>> value_;
};

/// `{"key":"value",…}` for audit rows and events: a small object, its members in this order.
std::string json_object(std::initializer_list<std::pair<std::string_view, JsonValue>> members);

}  // namespace clinic
