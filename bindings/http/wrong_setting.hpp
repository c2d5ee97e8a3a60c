#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::http {

/// `http.prefixes`, 2: `http.prefixes[2]`
std::string element_of(std::string_view setting, std::size_t index);

/// Refuses a setting of the server, `http.port`, with which it could never do what is meant. Throws
/// Error(configuration_invalid).
[[noreturn]] void refuse_setting(std::string setting, std::string code, std::string message);

}  // namespace clinic::http
