#include "text.hpp"

#include <boost/locale/utf.hpp>
#include <wchar.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace clinic::cli {
namespace {

constexpr char32_t replacement = 0xFFFD;

/// Takes one code point off the front; what is no UTF-8 goes byte by byte.
char32_t take(std::string_view& text) {
  const char* next = text.data();
  const auto point = boost::locale::utf::utf_traits<char>::decode(next, text.data() + text.size());
  const bool valid = boost::locale::utf::is_valid_codepoint(point);
  text.remove_prefix(valid ? static_cast<std::size_t>(next - text.data()) : 1);
  return valid ? point : replacement;
}

std::size_t width_of(char32_t point) {
  int width = ::wcwidth(static_cast<wchar_t>(point));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

bool turns_direction(char32_t point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty())
    width += width_of(take(text));
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  auto rest = text;
  std::size_t used = 0;
  for (;;) {
    auto before = rest;
    used += width_of(take(rest));
    if (used > width - 1) return std::string(text.substr(0, text.size() - before.size())) + "…";
  }
}

std::string pad(std::string_view text, std::size_t width, bool right_aligned) {
  auto used = display_width(text);
  std::string fill(used < width ? width - used : 0, ' ');
  return right_aligned ? fill + std::string(text) : std::string(text) + fill;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::size_t column = 0;
  for (const auto& word : split(text, ' ')) {
    auto size = display_width(word);
    if (column != 0 && column + 1 + size > width) {
      result += "\n" + std::string(indent, ' ');
      column = 0;
    }
    if (column != 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += size;
  }
  return result;
}

std::string harmless(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto whole = text;
    auto point = take(text);
    auto taken = whole.substr(0, whole.size() - text.size());
    if (point == '\n') {
      result += "⏎ ";
    } else if (point == '\t') {
      result += ' ';
    } else if (point < 0x20 || (point >= 0x7F && point < 0xA0) || turns_direction(point)) {
      char spelled[16];
      std::snprintf(spelled, sizeof spelled, "<U+%04X>", static_cast<unsigned>(point));
      result += spelled;
    } else {
      result += point == replacement ? std::string_view("\uFFFD") : taken;
    }
  }
  return result;
}

}  // namespace clinic::cli
