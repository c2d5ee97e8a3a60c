#pragma once

#include <clinic/error.hpp>

namespace clinic::cli {

/// Writes the error to standard error: JSON, or for a person where that is a terminal and `as_json` is false.
void report(const Error& error, bool as_json);

}  // namespace clinic::cli
