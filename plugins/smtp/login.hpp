#pragma once

#include "options.hpp"
#include "reply.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace clinic::smtp {

/// Logs in (RFC 4954). `offered`: the mechanisms that EHLO named, `PLAIN LOGIN`. `ask` sends a line and answers the
/// reply. Throws plugin::Failure(UNAVAILABLE): the server or the URL can be mended, and no message is to be lost until
/// then.
void log_in(const Options& options, std::string_view offered, const std::function<Reply(const std::string&)>& ask);

}  // namespace clinic::smtp
