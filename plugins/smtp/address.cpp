#include "address.hpp"

#include "text.hpp"

#include <clinic/plugin/plugin.hpp>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace clinic::smtp {
namespace {

using plugin::Failure;

// RFC 5321, 4.5.3.1
constexpr std::size_t longest_local_part = 64, longest_domain = 253, longest_label = 63, longest_address = 254;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Calls `part` with what stands between the dots; false as soon as one of them is empty or does not please it.
template <class Part>
bool all_parts(std::string_view text, Part part) {
  for (;;) {
    const auto dot = text.find('.');
    const auto one = text.substr(0, dot);
    if (one.empty() || !part(one)) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// Characters outside of ASCII are those that show: no blanks, no controls, no marks that turn the direction around.
bool only(std::string_view text, std::string_view ascii_marks) {
  const auto length = static_cast<std::int64_t>(text.size());
  for (std::int64_t at = 0; at < length;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, length, c);
    if (c < 0) return false;
    if (c < 0x80) {
      const char ascii = static_cast<char>(c);
      if (!is_letter_or_digit(ascii) && ascii_marks.find(ascii) == ascii_marks.npos) return false;
    } else if (!u_isgraph(c)) {  // false for format characters, too
      return false;
    }
  }
  return true;
}

bool is_label(std::string_view label) {
  return label.size() <= longest_label && label.front() != '-' && label.back() != '-' && only(label, "-");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

/// A quoted string without its quotes; anything else as it is.
std::string unquoted(std::string_view name, std::string_view what) {
  if (!name.starts_with('"')) return std::string(name);
  std::string plain;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] == '"' && i + 1 == name.size()) return plain;
    if (name[i] == '"') break;
    if (name[i] == '\\' && ++i == name.size()) break;
    plain += name[i];
  }
  throw Failure::refused(std::string(what) + " has a name whose quotes do not end");
}

}  // namespace

bool is_domain(std::string_view name) {
  return name.size() <= longest_domain && is_ascii(name) && all_parts(name, is_label);
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

void check_address(std::string_view address, std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    throw Failure::refused(std::string(what).append(" is no email address: ").append(why));
  };
  if (has_control(address)) refuse("it has a control character");
  const auto at = address.find('@');
  if (at == address.npos || at != address.rfind('@')) refuse("it has not one @");
  const auto local_part = address.substr(0, at), domain = address.substr(at + 1);
  if (address.size() > longest_address || local_part.size() > longest_local_part || domain.size() > longest_domain)
    refuse("it is too long");
  if (!all_parts(local_part, [](std::string_view atom) { return only(atom, "!#$%&'*+-/=?^_`{|}~"); }))
    refuse("what is before the @ is not words with dots between them");
  if (!all_parts(domain, is_label)) refuse("what is after the @ is no domain");
}

Mailbox parse_mailbox(std::string_view text, std::string_view what) {
  text = trimmed(text);
  Mailbox mailbox;
  if (text.ends_with('>')) {
    const auto angle = text.rfind('<');
    if (angle == text.npos) throw Failure::refused(std::string(what) + " has a > without a <");
    mailbox.name = unquoted(trimmed(text.substr(0, angle)), what);
    mailbox.address = text.substr(angle + 1, text.size() - angle - 2);
  } else {
    mailbox.address = text;
  }
  check_address(mailbox.address, what);
  if (!is_ascii(mailbox.address))
    throw Failure::refused(std::string(what) + " has characters outside of ASCII, which many servers refuse");
  return mailbox;
}

}  // namespace clinic::smtp
