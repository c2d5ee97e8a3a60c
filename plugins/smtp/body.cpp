#include "body.hpp"

#include "header.hpp"
#include "text.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/Net/QuotedPrintableEncoder.h>

#include <algorithm>
#include <sstream>

namespace clinic::smtp {
namespace {

std::string base64(std::string_view bytes, int line_length) {
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded);
  encoder.rdbuf()->setLineLength(line_length);
  encoder.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  encoder.close();
  return std::move(encoded).str();
}

/// Poco's encoder keeps bare CR and LF, and a blank at the end; there are none in lines that end with CRLF.
std::string quoted_printable(std::string_view lines) {
  std::ostringstream encoded;
  Poco::Net::QuotedPrintableEncoder encoder(encoded);
  encoder.write(lines.data(), static_cast<std::streamsize>(lines.size()));
  encoder.close();
  return std::move(encoded).str();
}

bool is_shorter_in_base64(std::string_view lines) {
  const auto escaped = std::count_if(lines.begin(), lines.end(), [](char c) {
    return c == '=' || static_cast<unsigned char>(c) >= 0x7f ||
           (static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n');
  });
  return lines.size() + 2 * static_cast<std::size_t>(escaped) > lines.size() / 3 * 4;
}

}  // namespace

std::string to_base64(std::string_view bytes) { return base64(bytes, 0); }

void add_text_part(std::string& mail, std::string_view type, std::string_view text) {
  const auto lines = with_crlf(text);
  const bool in_base64 = is_shorter_in_base64(lines);
  add_field(mail, "Content-Type", std::string(type) + "; charset=utf-8");
  add_field(mail, "Content-Transfer-Encoding", in_base64 ? "base64" : "quoted-printable");
  mail += "\r\n";
  if (lines.empty()) return;
  mail += in_base64 ? base64(lines, 76) + "\r\n" : quoted_printable(lines);
}

std::string dot_stuffed(std::string_view mail) {
  std::string stuffed;
  stuffed.reserve(mail.size() + 64);
  for (std::size_t at = 0; at < mail.size();) {
    if (mail[at] == '.') stuffed += '.';
    const auto end = std::min(mail.find("\r\n", at), mail.size() - 2) + 2;
    stuffed.append(mail, at, end - at);
    at = end;
  }
  return stuffed += ".\r\n";
}

}  // namespace clinic::smtp
