#include "formats.hpp"

#include <Poco/Unicode.h>
#include <boost/locale/utf.hpp>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <set>

namespace clinic {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;
using CodePoint = boost::locale::utf::code_point;

/// Length of the longest beginning that is pure ASCII, looked at in eights: nearly all texts are nothing else.
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

bool is_space(CodePoint c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || Poco::Unicode::isSpace(static_cast<int>(c));
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

CodePoint lower(CodePoint c) {
  return c < 0x80 ? static_cast<CodePoint>(ascii_lower(static_cast<char>(c)))
                  : static_cast<CodePoint>(Poco::Unicode::toLower(static_cast<int>(c)));
}

/// The next code point; bytes that are no UTF-8 are passed on as they are (validation refuses them elsewhere).
CodePoint next(const char*& at, const char* end) {
  const char* start = at;
  CodePoint c = Utf8::decode(at, end);
  if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete) {
    at = start + 1;
    return 0xFFFD;
  }
  return c;
}

void append(CodePoint c, std::string& out) { Utf8::encode(c, std::back_inserter(out)); }

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

/// Writes a number of fixed width; returns the place behind it.
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

/// The letters and digits of RFC 5321's atoms and domains, and `ascii_marks`; beyond ASCII, what is neither white space
/// nor invisible nor punctuation.
bool email_character(CodePoint c, std::string_view ascii_marks) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    return (ascii >= 'a' && ascii <= 'z') || (ascii >= 'A' && ascii <= 'Z') || (ascii >= '0' && ascii <= '9') ||
           ascii_marks.find(ascii) != ascii_marks.npos;
  }
  using Poco::Unicode;
  Unicode::CharacterProperties properties;
  Unicode::properties(static_cast<int>(c), properties);
  return properties.category != Unicode::UCP_SEPARATOR && properties.category != Unicode::UCP_PUNCTUATION &&
         properties.type != Unicode::UCP_CONTROL && properties.type != Unicode::UCP_FORMAT;
}

bool only_email_characters(std::string_view text, std::string_view ascii_marks) {
  for (const char *at = text.data(), *end = at + text.size(); at != end;)
    if (!email_character(next(at, end), ascii_marks)) return false;
  return true;
}

/// What can be told without libphonenumber, which takes ten microseconds and more: an email address, or fewer than two
/// digits.
bool no_phone_number(std::string_view text) {
  if (text.find('@') != text.npos) return true;
  if (ascii_prefix(text) < text.size()) return false;  // there are digits beyond ASCII
  return std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) < 2;
}

/// Calls `part` with what stands between dots; false as soon as one is empty or refused.
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
  text.remove_prefix(ascii_prefix(text));
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const CodePoint c = Utf8::decode(at, end);
    if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete) return false;
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
  // 2026-11-21T02:14:20Z is the shortest one
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
  // Leap seconds come at the end of a day in UTC only.
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
  if (text.size() > 254 || !valid_utf8(text)) return false;
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

std::string email_key(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t end_of_text = 0;  // behind the last character that is no white space
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const CodePoint c = next(at, end);
    const bool space = is_space(c);
    if (space && out.empty()) continue;
    append(lower(c), out);
    if (!space) end_of_text = out.size();
  }
  out.resize(end_of_text);
  return out;
}

std::optional<std::string> phone_key(std::string_view text, std::string_view default_region) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  // What libphonenumber does with other bytes is its secret.
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
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const CodePoint c = next(at, end);
    if (is_space(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    append(lower(c), out);
  }
  return out;
}

bool is_blank(std::string_view text) {
  for (const char *at = text.data(), *end = at + text.size(); at != end;)
    if (!is_space(next(at, end))) return false;
  return true;
}

std::string trimmed(std::string_view text) {
  const char *first = text.data(), *const end = first + text.size(), *last = first;
  for (const char* at = first; at != end;) {
    const bool space = is_space(next(at, end));
    if (!space)
      last = at;
    else if (last == first)
      first = last = at;
  }
  return {first, last};
}

bool has_letter(std::string_view text) {
  for (const char *at = text.data(), *end = at + text.size(); at != end;)
    if (Poco::Unicode::isAlpha(static_cast<int>(next(at, end)))) return true;
  return false;
}

std::string national_id_key(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    CodePoint c = next(at, end);
    // The same card, read off its Arabic or its Latin side.
    if (c >= 0x660 && c <= 0x669) c = '0' + (c - 0x660);
    if (c >= 0x6F0 && c <= 0x6F9) c = '0' + (c - 0x6F0);
    const int point = static_cast<int>(c);
    if (Poco::Unicode::isAlpha(point) || Poco::Unicode::isDigit(point))
      append(static_cast<CodePoint>(Poco::Unicode::toUpper(point)), out);
  }
  return out;
}

}  // namespace clinic
