#include "expect.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace clinic::conformance {

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter >= ' ' && letter <= '~') {
      result += letter;
    } else {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(letter)));
      result += code.data();
    }
  }
  return result;
}

}  // namespace

std::string show(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return '"' + escaped(text) + '"';
  return '"' + escaped(text.substr(0, most)) + "…\" (" + std::to_string(text.size()) + " bytes)";
}

std::string code_name(int code) {
  static constexpr std::array names{"OK",         "NOT_FOUND", "UNIQUE_VIOLATION", "STALE",
                                    "CONFLICT",   "BUSY",      "UNAVAILABLE",      "OUTCOME_UNKNOWN",
                                    "CONSTRAINT", "REFUSED",   "HOST_STOPPED",     "INTERNAL"};
  static_assert(names.size() == CLINIC_PLUGIN_INTERNAL + 1);
  return code >= 0 && code < static_cast<int>(names.size()) ? names[static_cast<std::size_t>(code)]
                                                            : "the unknown code " + std::to_string(code);
}

std::string difference(std::string_view wanted, std::string_view found) {
  const auto shorter = std::min(wanted.size(), found.size());
  const auto at = static_cast<std::size_t>(
      std::mismatch(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(shorter), found.begin()).first -
      wanted.begin());
  return std::to_string(found.size()) + " bytes instead of " + std::to_string(wanted.size()) + "; from byte " +
         std::to_string(at) + " on " + show(found.substr(at, 12)) + " instead of " + show(wanted.substr(at, 12));
}

}  // namespace clinic::conformance
