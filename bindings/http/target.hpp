#pragma once

/// \file
/// The target of a request (RFC 9112, 3.2): its path and its query.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::http {

struct RequestTarget {
  std::string_view path;                                     ///< as it came, `/patients/P%2F1`
  std::vector<std::pair<std::string, std::string>> query{};  ///< decoded, in order
};

/// The target in its origin form or absolute form; nothing where it is another one, or is not well formed.
std::optional<RequestTarget> parse_target(std::string_view text);

/// `a%20b` → `a b`. Nothing where a percent sign has no two digits behind it, or where it stands for NUL.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace clinic::http
