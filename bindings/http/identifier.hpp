#pragma once

#include <string>
#include <string_view>

namespace clinic::http {

/// A new id of a request: 128 random bits in hexadecimal, as a trace id of W3C Trace Context has it.
std::string new_identifier();

/// Whether a client's id of a request can stand in logs: letters, digits and `._:-`, at most 100.
bool is_identifier(std::string_view text);

/// The trace id of a `traceparent` (W3C Trace Context, 3.2); empty where it is none.
std::string_view trace_id(std::string_view traceparent);

}  // namespace clinic::http
