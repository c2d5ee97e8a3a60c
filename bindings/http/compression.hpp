#pragma once

#include "message.hpp"

#include <string>

namespace clinic::http {

std::string gzipped(const std::string& text);

/// Whether the client takes gzip (RFC 9110, 12.5.3).
bool takes_gzip(const Request& request);

}  // namespace clinic::http
