#include "mail.hpp"

#include "body.hpp"
#include "header.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/DateTimeFormatter.h>
#include <Poco/SHA2Engine.h>
#include <Poco/Timestamp.h>

#include <algorithm>

namespace clinic::smtp {
namespace {

using plugin::Failure;

bool only(std::string_view text, std::string_view marks, std::size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
  });
}

/// The id where a Message-ID and a boundary may hold it, as they may a UUID; else its hash.
std::string token_of(std::string_view id) {
  if (id.empty()) throw Failure::refused("the message has no id");
  if (only(id, "-_", 60)) return std::string(id);
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  engine.update(id.data(), id.size());
  return Poco::DigestEngine::digestToHex(engine.digest()).substr(0, 40);
}

std::string date(std::int64_t milliseconds) {
  constexpr std::int64_t end_of_9999 = 253402300799999;
  if (milliseconds < 0 || milliseconds > end_of_9999) throw Failure::refused("the message's time has no date");
  return Poco::DateTimeFormatter::format(Poco::Timestamp(milliseconds * 1000), "%w, %e %b %Y %H:%M:%S +0000");
}

void add_alternatives(std::string& text, const Mail& mail, const std::string& token) {
  const auto boundary = "=_" + token;  // neither quoted-printable nor base64 can hold `=_`
  const auto part = [&](std::string_view type, std::string_view body) {
    text.append("--").append(boundary).append("\r\n");
    add_text_part(text, type, body);
    text += "\r\n";  // belongs to the boundary
  };
  add_field(text, "Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
  text += "\r\n";
  part("text/plain", mail.text);
  part("text/html", mail.html);
  text.append("--").append(boundary).append("--\r\n");
}

}  // namespace

std::string compose(const Mail& mail) {
  check_address(mail.to.address, "the recipient");
  const auto token = token_of(mail.id);
  std::string text;
  text.reserve(2048 + mail.text.size() * 3 / 2 + mail.html.size() * 3 / 2);
  add_mailbox_field(text, "From", mail.from);
  add_mailbox_field(text, "To", mail.to);
  if (mail.reply_to) add_mailbox_field(text, "Reply-To", *mail.reply_to);
  if (!mail.subject.empty()) add_text_field(text, "Subject", mail.subject);
  add_field(text, "Date", date(mail.created_at));
  add_field(text, "Message-ID", "<" + token + "@" + std::string(domain_of(mail.from.address)) + ">");
  add_field(text, "MIME-Version", "1.0");
  add_field(text, "Auto-Submitted", "auto-generated");
  if (only(mail.locale, "-", 35)) add_field(text, "Content-Language", mail.locale);
  if (mail.html.empty())
    add_text_part(text, "text/plain", mail.text);
  else
    add_alternatives(text, mail, token);
  return text;
}

}  // namespace clinic::smtp
