#include "wire.hpp"

#include "header_list.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>

namespace clinic::http {
namespace {

/// A character of a token (RFC 9110, 5.6.2).
constexpr auto tokens = [] {
  std::array<bool, 256> is{};
  for (const auto range : {"09", "az", "AZ"})
    for (auto c = static_cast<unsigned char>(range[0]); c <= range[1]; ++c)
      is[c] = true;
  for (const unsigned char c : std::string_view("!#$%&'*+-.^_`|~"))
    is[c] = true;
  return is;
}();

bool is_token(char c) { return tokens[static_cast<unsigned char>(c)]; }

/// A character of a name, an address or a port.
bool is_host(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
         c == '_' || c == ':' || c == '[' || c == ']';
}

bool is_visible(char c) { return c > ' ' && c != '\x7f'; }

WireProblem problem(std::string detail, int status = 400) { return {status, std::move(detail)}; }

/// What decides where the request ends, and whom it is for.
struct Framing {
  int hosts = 0, lengths = 0, encodings = 0;
  bool old = false;  ///< HTTP/1.0

  std::optional<WireProblem> check() const {
    if (lengths > 1) return problem("There are several Content-Lengths.");
    if (encodings > 1) return problem("There are several Transfer-Encodings.");
    if (lengths > 0 && encodings > 0) return problem("Content-Length and Transfer-Encoding exclude each other.");
    if (encodings > 0 && old) return problem("HTTP/1.0 has no Transfer-Encoding.");
    if (hosts > 1) return problem("There are several Hosts.");
    if (hosts == 0 && !old) return problem("The header Host is missing.");
    return std::nullopt;
  }
};

std::optional<WireProblem> check_request_line(std::string_view line, Framing& framing) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || first == last || line.find(' ', first + 1) != last)
    return problem("The request line is a method, a target and a version.");
  const auto method = line.substr(0, first), target = line.substr(first + 1, last - first - 1),
             version = line.substr(last + 1);
  if (method.empty() || !std::all_of(method.begin(), method.end(), is_token))
    return problem("The method is not a token.");
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_visible))
    return problem("The target has characters that must be encoded.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return version.starts_with("HTTP/") ? problem("The server speaks HTTP/1.1.", 505)
                                        : problem("The request line is a method, a target and a version.");
  framing.old = version == "HTTP/1.0";
  return std::nullopt;
}

std::optional<WireProblem> check_header(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return problem("A header goes on in the next line.");
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == line.npos || name.empty() || !std::all_of(name.begin(), name.end(), is_token))
    return problem("A header is a token, a colon and a value.");
  auto value = line.substr(colon + 1);
  if (std::any_of(value.begin(), value.end(),
                  [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; }))
    return problem("A header has a control character.");
  value = trimmed(value);
  using boost::beast::iequals;
  if (iequals(name, "Host")) {
    ++framing.hosts;
    constexpr std::size_t longest_host = 262;  // a name of 255 characters, and a port
    if (value.empty() || value.size() > longest_host || !std::all_of(value.begin(), value.end(), is_host))
      return problem("The header Host is not a name and a port.");
  } else if (iequals(name, "Content-Length")) {
    ++framing.lengths;
    constexpr std::size_t most_digits = 18;
    if (value.empty() || value.size() > most_digits ||
        !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
      return problem("Content-Length is not a number.");
  } else if (iequals(name, "Transfer-Encoding")) {
    ++framing.encodings;
    if (!iequals(value, "chunked")) return problem("The only Transfer-Encoding is `chunked`.", 501);
  }
  return std::nullopt;
}

}  // namespace

std::optional<WireProblem> check_head(std::string_view head, std::size_t most_headers) {
  char before = 0;
  for (const char c : head) {
    if (c == '\0') return problem("There is a NUL.");
    if ((before == '\r') != (c == '\n')) return problem("A line ends with CR and LF.");
    before = c;
  }
  if (before == '\r') return problem("A line ends with CR and LF.");
  Framing framing;
  std::size_t headers = 0;
  for (bool first = true; !head.empty(); first = false) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) break;
    if (!first && ++headers > most_headers) return problem("There are too many headers.", 431);
    if (auto wrong = first ? check_request_line(line, framing) : check_header(line, framing)) return wrong;
  }
  return framing.check();
}

}  // namespace clinic::http
