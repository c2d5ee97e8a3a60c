#pragma once

#include <string>
#include <string_view>

namespace clinic::smtp {

/// Without line ends.
std::string to_base64(std::string_view bytes);

/// Appends the header and the body of one part, of 7-bit lines: `text/plain` or another type, UTF-8, quoted-printable
/// or, where that is shorter, base64. The body ends with CRLF, or is empty.
void add_text_part(std::string& mail, std::string_view type, std::string_view text);

/// What the protocol sends: a dot more before a line that begins with one, and the line that ends the mail.
std::string dot_stuffed(std::string_view mail);

}  // namespace clinic::smtp
