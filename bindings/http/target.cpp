#include "target.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace clinic::http {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A name or a value of a query, where `+` is a space (WHATWG URL, application/x-www-form-urlencoded).
std::optional<std::string> query_part(std::string_view text) {
  std::string spaced(text);
  for (auto& c : spaced)
    if (c == '+') c = ' ';
  return percent_decoded(spaced);
}

/// Behind `http://host` of an absolute form.
std::optional<std::string_view> without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!boost::algorithm::istarts_with(text, scheme)) continue;
    const auto path = text.find_first_of("/?", scheme.size());
    if (path == text.npos) return "/";
    return text.substr(path);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = digit(text[i + 1]), low = digit(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<RequestTarget> parse_target(std::string_view text) {
  if (!text.starts_with('/')) {
    const auto origin = without_authority(text);
    if (!origin) return std::nullopt;
    text = *origin;
  }
  if (text.find('#') != text.npos) return std::nullopt;
  const auto mark = text.find('?');
  RequestTarget target{text.substr(0, mark)};
  if (mark == text.npos) return target;
  auto rest = text.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = query_part(pair.substr(0, equals));
    auto value = equals == pair.npos ? std::optional<std::string>("") : query_part(pair.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

}  // namespace clinic::http
