#include "header.hpp"

#include "body.hpp"
#include "text.hpp"

#include <algorithm>

namespace clinic::smtp {
namespace {

constexpr std::size_t longest_line = 78;          // RFC 5322, 2.1.1
constexpr std::size_t longest_encoded_line = 76;  // RFC 2047, 2
constexpr std::size_t longest_encoded_word = 75;
constexpr std::string_view begin_q = "=?UTF-8?Q?", begin_b = "=?UTF-8?B?", end_word = "?=";

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// What stands for itself in an encoded word, in a phrase too (RFC 2047, 5.3).
bool stays_in_q(char c) { return is_alphanumeric(c) || std::string_view("!*+-/").find(c) != std::string_view::npos; }

std::size_t size_in_q(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text)
    size += stays_in_q(c) || c == ' ' ? 1 : 3;
  return size;
}

constexpr std::size_t size_in_b(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

std::string in_q(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (stays_in_q(c))
      encoded += c;
    else if (c == ' ')
      encoded += '_';
    else
      encoded.append({'=', digits[byte >> 4], digits[byte & 15]});
  }
  return encoded;
}

/// How many bytes the UTF-8 character has that begins with this one.
std::size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// Encoded words, each on a line of its own, the first behind `used` characters.
std::string encoded_words(std::string_view text, std::size_t used) {
  const bool base64 = size_in_b(text.size()) < size_in_q(text);
  std::string words;
  std::size_t room = std::min(longest_encoded_word, longest_encoded_line - used);
  while (!text.empty()) {
    const auto left = room - begin_q.size() - end_word.size();
    std::size_t taken = 0, q_size = 0;
    while (taken < text.size()) {  // whole characters only (RFC 2047, 5)
      const auto size = std::min(character_size(text[taken]), text.size() - taken);
      q_size += size_in_q(text.substr(taken, size));
      if ((base64 ? size_in_b(taken + size) : q_size) > left) break;
      taken += size;
    }
    if (!words.empty()) words += "\r\n ";
    const auto piece = text.substr(0, taken);
    words.append(base64 ? begin_b : begin_q).append(base64 ? to_base64(piece) : in_q(piece)).append(end_word);
    text.remove_prefix(taken);
    room = longest_encoded_word;
  }
  return words;
}

/// Whether readers see it as it was written, and nobody takes it for something encoded.
bool is_plain(std::string_view text, std::size_t room) {
  return text.size() <= room && is_ascii(text) && text.find("=?") == text.npos && text.find("  ") == text.npos &&
         !text.starts_with(' ') && !text.ends_with(' ');
}

std::string quoted(std::string_view name) {
  const bool is_phrase =
      std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == ' ' || c == '-'; });
  if (is_phrase) return std::string(name);
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

void add_field(std::string& mail, std::string_view name, std::string_view value) {
  mail.append(name).append(": ").append(value).append("\r\n");
}

void add_text_field(std::string& mail, std::string_view name, std::string_view text) {
  const auto line = one_line(text);
  const auto used = name.size() + 2;
  add_field(mail, name, is_plain(line, longest_line - used) ? line : encoded_words(line, used));
}

void add_mailbox_field(std::string& mail, std::string_view name, const Mailbox& mailbox) {
  const auto line = one_line(mailbox.name);
  if (std::all_of(line.begin(), line.end(), [](char c) { return c == ' '; }))
    return add_field(mail, name, mailbox.address);
  const auto used = name.size() + 2;
  auto value = is_plain(line, longest_line) ? quoted(line) : encoded_words(line, used);
  if (value.size() > longest_line - used && value.find("\r\n") == value.npos) value = encoded_words(line, used);
  const auto last_line = value.rfind('\n');
  const auto column = last_line == value.npos ? used + value.size() : value.size() - last_line - 1;
  value += column + mailbox.address.size() + 3 > longest_encoded_line ? "\r\n <" : " <";
  add_field(mail, name, value + mailbox.address + ">");
}

}  // namespace clinic::smtp
