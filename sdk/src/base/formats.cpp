#include "base/formats.hpp"

#include "base/unicode.hpp"
#include "base/wiping.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <set>

namespace clinic {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

/// Writes a number of fixed width; returns the position after it.
char* put(char* at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10)
    at[i] = static_cast<char>('0' + value % 10);
  return at + width;
}

char* put_date(char* at, Date day) {
  at = put(at, static_cast<unsigned>(static_cast<int>(day.year())), 4);
  *at++ = '-';
  at = put(at, static_cast<unsigned>(day.month()), 2);
  *at++ = '-';
  return put(at, static_cast<unsigned>(day.day()), 2);
}

const std::chrono::sys_days first_day = Date(std::chrono::year(1), std::chrono::month(1), std::chrono::day(1));
const std::chrono::sys_days last_day = Date(std::chrono::year(9999), std::chrono::month(12), std::chrono::day(31));

bool has_year_of_four_digits(Timestamp time) { return time >= first_day && time < last_day + std::chrono::days(1); }

/// Accepts the letters and digits of RFC 5321's atoms and domains, and `ascii_marks`. Beyond ASCII, it refuses white
/// space, invisible characters, punctuation and forms of other characters: an address with one of these would look like
/// another address.
bool email_character(char32_t c, std::string_view ascii_marks) {
  if (c >= 0x80) return !unicode::is_mark_or_form(c);
  const char ascii = static_cast<char>(c);
  return (ascii >= 'a' && ascii <= 'z') || (ascii >= 'A' && ascii <= 'Z') || (ascii >= '0' && ascii <= '9') ||
         ascii_marks.find(ascii) != ascii_marks.npos;
}

bool only_email_characters(std::string_view text, std::string_view ascii_marks) {
  return !unicode::any_of(text, [&](char32_t c) { return !email_character(c, ascii_marks); });
}

/// Whether a character outside of ASCII becomes one of ASCII where emails are compared (U+0130, the Kelvin sign). Mail
/// to such an address goes to another domain than that of the address that it is compared as.
bool passes_for_ascii(std::string_view text) {
  if (unicode::is_ascii(text)) return false;
  if (unicode::any_of(unicode::composed(text), [](char32_t c) { return c >= 0x80 && unicode::lower(c) < 0x80; }))
    return true;
  return unicode::any_of(text, [](char32_t c) {
    std::string alone;
    unicode::append(c, alone);
    return c >= 0x80 && unicode::is_ascii(unicode::composed(alone));
  });
}

/// Recognises texts that are no phone without libphonenumber, which takes ten microseconds and more: an email address,
/// or a text with fewer than two digits.
bool no_phone_number(std::string_view text) {
  if (text.find('@') != text.npos) return true;
  if (!unicode::is_ascii(text)) return false;  // digits beyond ASCII are possible
  return std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) < 2;
}

/// Calls `part` with each part between dots. Returns false as soon as one is empty or refused.
template <class Check>
bool every_part(std::string_view text, Check part) {
  for (;;) {
    const auto dot = text.find('.');
    const auto piece = text.substr(0, dot);
    if (piece.empty() || !part(piece)) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool valid_utf8(std::string_view text) {
  text.remove_prefix(unicode::ascii_prefix(text));
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void append_timestamp(Timestamp time, std::string& out) {
  using namespace std::chrono;
  if (!has_year_of_four_digits(time))
    time = time < Timestamp(first_day) ? Timestamp(first_day) : Timestamp(last_day + days(1)) - milliseconds(1);
  const auto day = floor<days>(time);
  const auto rest = static_cast<unsigned>((time - day).count());
  char text[24];
  char* at = put_date(text, Date(day));
  *at++ = 'T';
  at = put(at, rest / 3600000, 2);
  *at++ = ':';
  at = put(at, rest / 60000 % 60, 2);
  *at++ = ':';
  at = put(at, rest / 1000 % 60, 2);
  *at++ = '.';
  at = put(at, rest % 1000, 3);
  *at++ = 'Z';
  out.append(text, at);
}

std::string format_timestamp(Timestamp time) {
  std::string out;
  append_timestamp(time, out);
  return out;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  // 2026-11-21T02:14:20Z is the shortest form
  if (text.size() < 20) return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  int hour, minute, second, zone_hour = 0, zone_minute = 0;
  if (!day || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (!digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;

  std::size_t at = 19;
  int fraction = 0;
  if (text[at] == '.') {
    const std::size_t start = ++at;
    for (int weight = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, weight /= 10)
      fraction += weight * (text[at] - '0');
    if (at == start) return std::nullopt;
  }

  if (at == text.size()) return std::nullopt;
  const char zone = text[at++];
  if (zone == '+' || zone == '-') {
    if (!digits(text, at, 2, zone_hour) || !digits(text, at + 3, 2, zone_minute) || text[at + 2] != ':')
      return std::nullopt;
    if (zone_hour > 23 || zone_minute > 59) return std::nullopt;
    at += 5;
  } else if (zone != 'Z' && zone != 'z') {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;

  const minutes offset = (hours(zone_hour) + minutes(zone_minute)) * (zone == '-' ? -1 : 1);
  const Timestamp to_the_minute = std::chrono::sys_days(*day) + hours(hour) + minutes(minute) - offset;
  // Leap seconds exist only at the end of a day in UTC.
  if (second == 60 && floor<days>(to_the_minute) + hours(23) + minutes(59) != to_the_minute) return std::nullopt;
  const Timestamp time = to_the_minute + seconds(second) + milliseconds(fraction);
  return has_year_of_four_digits(time) ? std::optional(time) : std::nullopt;
}

void append_date(Date date, std::string& out) {
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) date = Date(std::chrono::year(year < 0 ? 0 : 9999), date.month(), date.day());
  char text[10];
  out.append(text, put_date(text, date));
}

std::string format_date(Date date) {
  std::string out;
  append_date(date, out);
  return out;
}

std::optional<Date> parse_date(std::string_view text) {
  int year, month, day;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 0, 4, year) ||
      !digits(text, 5, 2, month) || !digits(text, 8, 2, day))
    return std::nullopt;
  const Date date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                  std::chrono::day(static_cast<unsigned>(day))};
  return year > 0 && date.ok() ? std::optional(date) : std::nullopt;
}

bool valid_email(std::string_view text) {
  if (text.size() > 254 || !valid_utf8(text) || passes_for_ascii(text)) return false;
  const auto at = text.rfind('@');
  if (at == text.npos || at > 64) return false;
  const auto local = text.substr(0, at), domain = text.substr(at + 1);
  if (domain.find('.') == domain.npos) return false;
  const auto atom = [](std::string_view part) { return only_email_characters(part, "!#$%&'*+-/=?^_`{|}~"); };
  const auto label = [](std::string_view part) {
    return part.size() <= 63 && part.front() != '-' && part.back() != '-' && only_email_characters(part, "-");
  };
  if (!every_part(local, atom) || !every_part(domain, label)) return false;
  // All digits: an address without its brackets, not a name.
  const auto top = domain.substr(domain.rfind('.') + 1);
  return !std::all_of(top.begin(), top.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string email_key(std::string_view text) { return fold(text); }

std::optional<std::string> phone_key(std::string_view text, std::string_view default_region) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  // libphonenumber's behaviour on invalid UTF-8 is not documented.
  if (text.empty() || text.size() > 250 || !valid_utf8(text)) return std::nullopt;
  if (no_phone_number(text)) return std::nullopt;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  const std::string region(default_region.empty() ? "ZZ" : default_region);
  if (util.Parse(std::string(text), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  if (number.has_extension() || !util.IsValidNumber(number)) return std::nullopt;
  std::string out;
  util.Format(number, PhoneNumberUtil::E164, &out);
  return out;
}

bool known_region(std::string_view region) {
  if (region == "ZZ") return true;
  std::set<std::string> regions;
  i18n::phonenumbers::PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.contains(std::string(region));
}

std::string fold(std::string_view text) {
  // The text is composed before lower-casing as well, so that one character has one lower-case form, whether it was
  // typed as one character or two.
  const auto plain = unicode::composed(unicode::with_plain_width(text));
  std::string out;
  out.reserve(plain.size());
  bool gap = false;
  for (const char *at = plain.data(), *const end = at + plain.size(); at != end;) {
    const auto c = unicode::next(at, end);
    if (unicode::is_ignorable(c)) continue;
    if (unicode::is_space(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    unicode::append(unicode::lower(c), out);
  }
  return unicode::composed(out);
}

std::string password_form(std::string_view text) {
  if (unicode::is_ascii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (const char *at = text.data(), *const end = at + text.size(); at != end;) {
    const auto c = unicode::next(at, end);
    unicode::append(unicode::is_space(c) && !unicode::is_control(c) && !unicode::is_line_break(c) ? ' ' : c, out);
  }
  const Wiped wiped(out);
  return unicode::composed(out);
}

std::string_view fault_of_text(std::string_view text, TextKind kind) {
  using namespace unicode;
  const bool one_line = kind != TextKind::lines;
  if (one_line && any_of(text, is_line_break)) return "line_break_not_allowed";
  // Word processors end a line with a vertical tab and a page with a form feed.
  if (any_of(text, [&](char32_t c) { return is_control(c) && (one_line || !is_space(c)); })) return "control_character";
  if (kind == TextKind::line && any_of(text, turns_direction)) return "direction_changed";
  return {};
}

bool is_blank(std::string_view text) { return !unicode::any_of(text, unicode::is_visible); }

std::string trimmed(std::string_view text) {
  const char *first = text.data(), *const end = first + text.size(), *last = first;
  for (const char* at = first; at != end;) {
    const bool space = unicode::is_space(unicode::next(at, end));
    if (!space)
      last = at;
    else if (last == first)
      first = last = at;
  }
  return {first, last};
}

bool has_letter(std::string_view text) { return unicode::any_of(text, unicode::is_letter); }

std::string national_id_key(std::string_view text) {
  const auto plain = unicode::composed(text);
  std::string out;
  out.reserve(plain.size());
  for (const char *at = plain.data(), *const end = at + plain.size(); at != end;) {
    const auto c = unicode::next(at, end);
    // The digits of one identity card may be copied from its Arabic or its Latin side.
    if (const int digit = unicode::digit_value(c); digit >= 0)
      out += static_cast<char>('0' + digit);
    else if (unicode::is_letter(c))
      unicode::append(unicode::upper(c), out);
  }
  return unicode::composed(out);
}

}  // namespace clinic
