#pragma once

#include <clinic/error.hpp>

namespace clinic::http {

/// The same error, about the header `Idempotency-Key` where it is about that option of the call.
Error naming_headers(const Error& error);

}  // namespace clinic::http
