#pragma once

#include "message.hpp"

#include <clinic/error.hpp>

namespace clinic::http {

/// The same error, with the names of the request's headers in place of the options and fields that came in them.
Error naming_headers(const Error& error, const Request& request);

}  // namespace clinic::http
