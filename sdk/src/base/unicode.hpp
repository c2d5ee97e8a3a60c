#pragma once

/// \file
/// What Unicode says about characters and texts, by ICU's tables. Texts are UTF-8; bytes that are none are read as
/// U+FFFD (validation refuses them elsewhere).

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::unicode {

/// Length of the longest beginning that is pure ASCII, looked at in eights: nearly all texts are nothing else.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

/// The next code point; `at` goes behind it.
char32_t next(const char*& at, const char* end);
void append(char32_t c, std::string& out);

/// Whether `holds` is true of a code point.
template <class Test>
bool any_of(std::string_view text, Test holds) {
  for (const char *at = text.data(), *const end = at + text.size(); at != end;)
    if (holds(next(at, end))) return true;
  return false;
}

bool is_space(char32_t c);
bool is_letter(char32_t c);
/// What ends a line: line feed, carriage return, U+2028, U+2029 and their like.
bool is_line_break(char32_t c);
/// C0, DEL and C1.
bool is_control(char32_t c);
/// Turns the direction of what follows it: embeddings, overrides and isolates. The marks U+200E, U+200F and U+061C turn
/// nothing but themselves.
bool turns_direction(char32_t c);
/// Made to be invisible (Default_Ignorable_Code_Point): zero-width characters, joiners, tags, fillers.
bool is_ignorable(char32_t c);
/// Whether a reader sees something.
bool is_visible(char32_t c);
/// White space, punctuation, invisible, or a full-width or half-width form of another character.
bool is_mark_or_form(char32_t c);
/// Of a decimal digit of any script, 0 to 9; else -1.
int digit_value(char32_t c);

/// By their simple mappings, which look at no neighbours: so the beginning of a text has the beginning of its form.
char32_t lower(char32_t c);
char32_t upper(char32_t c);

/// Normalization form C.
std::string composed(std::string_view text);
/// Full-width and half-width forms as the characters that they are forms of.
std::string with_plain_width(std::string_view text);

}  // namespace clinic::unicode
