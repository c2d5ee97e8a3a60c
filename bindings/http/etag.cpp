#include "etag.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <openssl/sha.h>

#include <array>
#include <charconv>

namespace clinic::http {
namespace {

/// The value of the outermost object's member `version`, found without reading the rest: members of objects within are
/// skipped by their depth.
std::optional<std::int64_t> outermost_version(std::string_view json) {
  constexpr std::string_view key = "\"version\":";
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
      continue;
    }
    if (depth == 1 && c == '"' && json.substr(i).starts_with(key)) {
      std::int64_t version = 0;
      const auto* begin = json.data() + i + key.size();
      if (std::from_chars(begin, json.data() + json.size(), version).ec == std::errc{}) return version;
      return std::nullopt;
    }
    if (c == '"') in_text = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> entity_tag(std::string_view answer) {
  const auto version = outermost_version(answer);
  if (!version) return std::nullopt;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(answer.data()), answer.size(), digest.data());
  constexpr std::size_t bytes_shown = 8;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string tag = "\"" + std::to_string(*version) + "-";
  for (std::size_t i = 0; i < bytes_shown; ++i)
    tag.append({digits[digest[i] >> 4], digits[digest[i] & 15]});
  return tag + "\"";
}

std::optional<std::int64_t> version_of(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) return std::nullopt;
  const auto* end = tag.data() + tag.size() - 1;
  std::int64_t version = 0;
  const auto read = std::from_chars(tag.data() + 1, end, version);
  if (read.ec != std::errc{} || (read.ptr != end && *read.ptr != '-')) return std::nullopt;
  return version;
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  if (if_none_match == "*") return true;
  while (!if_none_match.empty()) {
    const auto comma = if_none_match.find(',');
    auto one = boost::algorithm::trim_copy(std::string(if_none_match.substr(0, comma)));
    if (one.starts_with("W/")) one.erase(0, 2);  // the weak comparison
    if (one == tag) return true;
    if (comma == if_none_match.npos) break;
    if_none_match.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace clinic::http
