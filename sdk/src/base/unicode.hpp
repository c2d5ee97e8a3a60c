#pragma once

/// \file
/// Unicode properties of characters and texts, from ICU's tables. Texts are UTF-8. Invalid bytes are read as U+FFFD
/// (validation refuses them elsewhere).

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::unicode {

/// Length of the longest prefix that is pure ASCII. Eight bytes are checked at a time, since nearly all texts are pure
/// ASCII.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

/// Returns the next code point and moves `at` after it.
char32_t next(const char*& at, const char* end);
void append(char32_t c, std::string& out);

/// Whether `holds` is true for some code point.
template <class Test>
bool any_of(std::string_view text, Test holds) {
  for (const char *at = text.data(), *const end = at + text.size(); at != end;)
    if (holds(next(at, end))) return true;
  return false;
}

bool is_space(char32_t c);
bool is_letter(char32_t c);
/// Whether the character ends a line: line feed, carriage return, U+2028, U+2029 and similar ones.
bool is_line_break(char32_t c);
/// C0, DEL and C1.
bool is_control(char32_t c);
/// Whether the character turns the direction of the text after it: embeddings, overrides and isolates. The marks
/// U+200E, U+200F and U+061C do not.
bool turns_direction(char32_t c);
/// Whether the character is invisible by definition (Default_Ignorable_Code_Point): zero-width characters, joiners,
/// tags, fillers.
bool is_ignorable(char32_t c);
/// Whether the character is visible.
bool is_visible(char32_t c);
/// Whether the character is white space, punctuation, invisible, or a full-width or half-width form of another
/// character.
bool is_mark_or_form(char32_t c);
/// The value of a decimal digit of any script, 0 to 9; else -1.
int digit_value(char32_t c);

/// Lower case by simple mappings, which do not depend on neighbouring characters. So the form of a prefix is a prefix
/// of the form.
char32_t lower(char32_t c);
char32_t upper(char32_t c);

/// Normalization form C.
std::string composed(std::string_view text);
/// Replaces full-width and half-width forms by the characters that they are forms of.
std::string with_plain_width(std::string_view text);

}  // namespace clinic::unicode
