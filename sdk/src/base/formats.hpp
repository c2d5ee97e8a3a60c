#pragma once

/// \file
/// Formats of single values: UTF-8, times, dates, and the normal forms in which emails, phones, names and national ids
/// are compared.

#include <clinic/types.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

bool valid_utf8(std::string_view text);
/// Number of code points of valid UTF-8.
std::size_t code_points(std::string_view text);

/// RFC 3339 in UTC with milliseconds and `Z`. Times outside of the years 1 to 9999, which it cannot write, become the
/// nearest that it can.
std::string format_timestamp(Timestamp time);
void append_timestamp(Timestamp time, std::string& out);
/// Any RFC 3339 time with zone; digits past milliseconds are cut, and a leap second is the second after it.
std::optional<Timestamp> parse_timestamp(std::string_view text);
std::string format_date(Date date);
void append_date(Date date, std::string& out);
std::optional<Date> parse_date(std::string_view text);

/// An addr-spec of RFC 5321 with the non-ASCII letters of RFC 6531: a dot-atom, `@`, and a domain with a dot. Quoted
/// local parts, address literals and names without a dot are right in the RFC and wrong in a patient's file.
bool valid_email(std::string_view text);
/// The form in which emails are compared: that of names.
std::string email_key(std::string_view text);
/// E.164 where the number is valid in the region (or international); nothing otherwise. Nothing for one with an
/// extension too: E.164 has no place for it, and all who share the switchboard would have one key.
std::optional<std::string> phone_key(std::string_view text, std::string_view default_region);
/// Whether phone numbers without a country code may be of that region, an ISO 3166 code in capitals; ZZ: of none.
bool known_region(std::string_view region);
/// Without the white space (Unicode's) around it; of valid UTF-8.
std::string trimmed(std::string_view text);
/// Whether there is a letter, of any alphabet; of valid UTF-8.
bool has_letter(std::string_view text);
/// The form in which names and usernames are compared and searched: trimmed, inner white space single, and mapped as
/// RFC 8265 (UsernameCaseMapped) has it: plain width, lower case, NFC. What is invisible by its nature (joiners, zero
/// width) is left out: two names that look the same are the same.
std::string fold(std::string_view text);
/// The form in which passwords are hashed and compared (RFC 8265, OpaqueString): any space as U+0020, NFC.
std::string password_form(std::string_view text);
/// Whether a reader sees nothing: white space, zero-width characters, fillers; of valid UTF-8.
bool is_blank(std::string_view text);

enum class TextKind {
  line,        ///< shown among others: nothing in it may change how they are shown
  typed_line,  ///< as copied from elsewhere, as phone numbers are with marks of direction around them
  lines        ///< free text, with the white space that ends lines and pages
};
/// What such a text may not hold: the code of a field error (`line_break_not_allowed`, `control_character`,
/// `direction_changed`), or empty; of valid UTF-8.
std::string_view fault_of_text(std::string_view text, TextKind kind);

/// The form in which national ids are compared: letters and digits only, upper case; any script's digits as ASCII ones.
/// Empty where the text has neither letters nor digits: then there is nothing to compare.
std::string national_id_key(std::string_view text);

}  // namespace clinic
