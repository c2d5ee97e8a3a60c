#pragma once

#include <string>

namespace clinic::http {

/// Now, as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
std::string http_date();

}  // namespace clinic::http
