#pragma once

/// \file
/// Expectations, in words that reach the plugin's author.

#include "check.hpp"

#include <clinic/plugin/plugin.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::conformance {

/// Quoted, cut where it is long, and with everything but ASCII escaped.
std::string show(std::string_view text);
inline std::string show(const std::string& text) { return show(std::string_view(text)); }
inline std::string show(const char* text) { return show(std::string_view(text)); }
inline std::string show(bool value) { return value ? "true" : "false"; }
template <std::integral Number>
std::string show(Number number) {
  return std::to_string(number);
}
template <class Value>
std::string show(const std::optional<Value>& value) {
  return value ? show(*value) : "NULL";
}
template <class Value>
std::string show(const std::vector<Value>& values) {
  constexpr std::size_t most = 40;
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < most; ++i)
    text += (i ? ", " : "") + show(values[i]);
  return "[" + text + (values.size() > most ? ", and " + std::to_string(values.size() - most) + " more]" : "]");
}

/// `UNIQUE_VIOLATION` for 2.
std::string code_name(int code);

/// The first place where two texts differ, for those that are too long to be shown.
std::string difference(std::string_view wanted, std::string_view found);

[[noreturn]] inline void unmet(std::string expected, std::string found) {
  throw Unmet{std::move(expected), std::move(found)};
}

/// `what` as in "the rows found by email < x".
template <class Wanted, class Found>
void expect(const std::string& what, const Found& found, const Wanted& wanted) {
  if (!(found == wanted)) unmet(what + ": " + show(wanted), show(found));
}

inline void expect_true(const std::string& what, bool holds, const std::string& found = "it is not so") {
  if (!holds) unmet(what, found);
}

}  // namespace clinic::conformance
