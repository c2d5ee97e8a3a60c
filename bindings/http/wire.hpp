#pragma once

/// \file
/// What the head of a request must look like, byte for byte, before a parser sees it. Where servers and proxies read
/// one differently, a request can be hidden in another one (request smuggling); so what is not plain is refused.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace clinic::http {

struct WireProblem {
  int status;
  std::string detail;
};

/// Looks at the request line and the headers, up to and with the empty line behind them (RFC 9112, 2.2, 3, 5 and 6).
std::optional<WireProblem> check_head(std::string_view head, std::size_t most_headers);

}  // namespace clinic::http
