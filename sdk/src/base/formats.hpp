#pragma once

/// \file
/// Formats of single values: UTF-8, times, dates. Normal forms, in which emails, phones, names and national ids are
/// compared.

#include <clinic/types.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

bool valid_utf8(std::string_view text);
/// Number of code points of valid UTF-8.
std::size_t code_points(std::string_view text);

/// RFC 3339 in UTC with milliseconds and `Z`. RFC 3339 cannot write times outside of the years 1 to 9999; they become
/// the nearest end of that range.
std::string format_timestamp(Timestamp time);
void append_timestamp(Timestamp time, std::string& out);
/// Reads any RFC 3339 time with a zone. Digits after the milliseconds are dropped. A leap second becomes the second
/// after it.
std::optional<Timestamp> parse_timestamp(std::string_view text);
std::string format_date(Date date);
void append_date(Date date, std::string& out);
std::optional<Date> parse_date(std::string_view text);

/// An addr-spec of RFC 5321 with the non-ASCII letters of RFC 6531: a dot-atom, `@`, and a domain with a dot. Quoted
/// local parts, address literals and names without a dot are refused: the RFC allows them, but in a patient's record
/// they are mistakes.
bool valid_email(std::string_view text);
/// The form in which emails are compared: the same as that of names.
std::string email_key(std::string_view text);
/// The E.164 form if the number is valid in the region (or international), else nothing. A number with an extension has
/// none: E.164 cannot hold the extension, and everybody behind the switchboard would have the same key.
std::optional<std::string> phone_key(std::string_view text, std::string_view default_region);
/// Whether the region, an ISO 3166 code in capitals, has phone numbers. ZZ means no region.
bool known_region(std::string_view region);
/// The text without Unicode white space around it. Requires valid UTF-8.
std::string trimmed(std::string_view text);
/// Whether the text contains a letter of any alphabet. Requires valid UTF-8.
bool has_letter(std::string_view text);
/// The form in which names and usernames are compared and searched. The text is trimmed, inner white space becomes one
/// space, and the mapping of RFC 8265 (UsernameCaseMapped) is applied: plain width, lower case, NFC. Invisible
/// characters (joiners, zero width) are removed, so that two names that look the same are the same.
std::string fold(std::string_view text);
/// The form in which passwords are hashed and compared (RFC 8265, OpaqueString): any space becomes U+0020, and the text
/// is in NFC.
std::string password_form(std::string_view text);
/// Whether the text has no visible character, only white space, zero-width characters or fillers. Requires valid UTF-8.
bool is_blank(std::string_view text);

enum class TextKind {
  line,        ///< shown beside other texts, so it must not change their direction or lines
  typed_line,  ///< a copied line, which may have marks of direction around it, as phone numbers do
  lines        ///< free text, which may contain line and page breaks
};
/// Checks the characters of such a text. Returns the code of a field error (`line_break_not_allowed`,
/// `control_character`, `direction_changed`), or an empty text. Requires valid UTF-8.
std::string_view fault_of_text(std::string_view text, TextKind kind);

/// The form in which national ids are compared: letters and digits only, in upper case, with the digits of any script
/// as ASCII digits. Empty if the text has neither letters nor digits, since then there is nothing to compare.
std::string national_id_key(std::string_view text);

}  // namespace clinic
