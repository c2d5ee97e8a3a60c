#include "base/unicode.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace clinic::unicode {
namespace {

UChar32 icu_point(char32_t c) { return static_cast<UChar32>(c); }

/// ICU's instances live as long as the process.
const icu::Normalizer2& instance(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const found = get(status);
  if (U_FAILURE(status)) throw std::runtime_error(u_errorName(status));
  return *found;
}

bool is_width_form(char32_t c) {
  if (c < 0x80) return false;
  const auto type = u_getIntPropertyValue(icu_point(c), UCHAR_DECOMPOSITION_TYPE);
  return type == U_DT_WIDE || type == U_DT_NARROW;
}

}  // namespace

std::size_t ascii_prefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    if (eight & 0x8080808080808080u) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80)
    ++i;
  return i;
}

char32_t next(const char*& at, const char* end) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(at);
  const auto size = static_cast<std::int64_t>(end - at);
  std::int64_t i = 0;
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(bytes, i, size, c);
  at += i;
  return static_cast<char32_t>(c);
}

void append(char32_t c, std::string& out) {
  char bytes[U8_MAX_LENGTH];
  std::size_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, c);
  out.append(bytes, size);
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return u_isUWhiteSpace(icu_point(c));
}

bool is_letter(char32_t c) { return u_isalpha(icu_point(c)); }

bool is_line_break(char32_t c) {
  if (c < 0x80) return c >= '\n' && c <= '\r';
  const auto kind = u_getIntPropertyValue(icu_point(c), UCHAR_LINE_BREAK);
  return kind == U_LB_MANDATORY_BREAK || kind == U_LB_NEXT_LINE;
}

bool is_control(char32_t c) {
  if (c < 0x80) return c < 0x20 || c == 0x7F;
  return u_charType(icu_point(c)) == U_CONTROL_CHAR;
}

bool turns_direction(char32_t c) {
  if (c < 0x80) return false;
  switch (u_charDirection(icu_point(c))) {
    case U_LEFT_TO_RIGHT_EMBEDDING:
    case U_LEFT_TO_RIGHT_OVERRIDE:
    case U_LEFT_TO_RIGHT_ISOLATE:
    case U_RIGHT_TO_LEFT_EMBEDDING:
    case U_RIGHT_TO_LEFT_OVERRIDE:
    case U_RIGHT_TO_LEFT_ISOLATE:
    case U_FIRST_STRONG_ISOLATE:
    case U_POP_DIRECTIONAL_FORMAT:
    case U_POP_DIRECTIONAL_ISOLATE:
      return true;
    default:
      return false;
  }
}

bool is_ignorable(char32_t c) {
  return c >= 0x80 && u_hasBinaryProperty(icu_point(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_visible(char32_t c) {
  constexpr char32_t blank_in_braille = 0x2800;  // its properties say symbol, but it is blank
  if (is_space(c) || is_ignorable(c) || c == blank_in_braille) return false;
  const auto type = u_charType(icu_point(c));
  return type != U_CONTROL_CHAR && type != U_FORMAT_CHAR;
}

bool is_mark_or_form(char32_t c) { return !is_visible(c) || u_ispunct(icu_point(c)) || is_width_form(c); }

int digit_value(char32_t c) { return u_charDigitValue(icu_point(c)); }

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  return static_cast<char32_t>(u_tolower(icu_point(c)));
}

char32_t upper(char32_t c) { return static_cast<char32_t>(u_toupper(icu_point(c))); }

std::string composed(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  const auto& form = instance(&icu::Normalizer2::getNFCInstance);
  UErrorCode status = U_ZERO_ERROR;
  const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
  if (form.isNormalizedUTF8(piece, status) && U_SUCCESS(status)) return std::string(text);
  std::string out;
  out.reserve(3 * text.size());  // enough for every text, so no reallocation leaves a piece of a password behind
  icu::StringByteSink<std::string> sink(&out);
  form.normalizeUTF8(0, piece, sink, nullptr, status);
  if (U_FAILURE(status)) throw std::runtime_error(u_errorName(status));
  return out;
}

std::string with_plain_width(std::string_view text) {
  if (is_ascii(text) || !any_of(text, is_width_form)) return std::string(text);
  const auto& form = instance(&icu::Normalizer2::getNFKCInstance);
  std::string out;
  for (const char *at = text.data(), *const end = at + text.size(); at != end;) {
    const auto c = next(at, end);
    if (icu::UnicodeString plain; is_width_form(c) && form.getRawDecomposition(icu_point(c), plain))
      plain.toUTF8String(out);
    else
      append(c, out);
  }
  return out;
}

}  // namespace clinic::unicode
