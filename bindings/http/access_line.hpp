#pragma once

#include "exchange.hpp"

#include <cstddef>
#include <string>

namespace clinic::http {

/// The line of the access log: what was asked and how it ended, without personal data. The route stands in place of the
/// path, and nothing tells who called.
std::string access_line(const Exchange& exchange, int status, std::size_t bytes);

}  // namespace clinic::http
