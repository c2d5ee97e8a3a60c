#include "text.hpp"

#include <unicode/utf8.h>

#include <algorithm>

namespace clinic::smtp {
namespace {

constexpr bool is_control(UChar32 c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }

/// Calls `next` with each character; U+FFFD stands for what is no UTF-8.
template <class Next>
void each_character(std::string_view text, Next next) {
  const auto length = static_cast<std::int64_t>(text.size());
  for (std::int64_t at = 0; at < length;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), at, length, c);
    next(c);
  }
}

void append(std::string& text, UChar32 c) {
  char bytes[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  text.append(bytes, static_cast<std::size_t>(length));
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  each_character(text, [&](UChar32 c) { append(line, is_control(c) ? ' ' : c); });
  return line;
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32 + 2);
  bool after_cr = false;
  each_character(text, [&](UChar32 c) {
    if (c == '\r' || (c == '\n' && !after_cr))
      lines += "\r\n";
    else if (c != '\n')
      append(lines, c);
    after_cr = c == '\r';
  });
  if (!lines.empty() && !lines.ends_with("\r\n")) lines += "\r\n";
  return lines;
}

}  // namespace clinic::smtp
