#pragma once

/// \file
/// The texts of a mail before they are encoded.

#include <string>
#include <string_view>

namespace clinic::smtp {

bool is_ascii(std::string_view text);
/// Whether a byte of it is a control character of ASCII: CR, LF and NUL among them.
bool has_control(std::string_view text);

/// What a header may hold: UTF-8 in which a control character, C1's and the Unicode line ends too, is a space, and what
/// is no UTF-8 is U+FFFD.
std::string one_line(std::string_view text);

/// What a body may hold: UTF-8 in which every line, the last one too, ends with CRLF. An empty text stays empty.
std::string with_crlf(std::string_view text);

}  // namespace clinic::smtp
