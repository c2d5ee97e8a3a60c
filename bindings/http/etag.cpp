#include "etag.hpp"

#include "digest.hpp"
#include "header_list.hpp"

#include <boost/algorithm/hex.hpp>

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
  constexpr std::size_t bytes_shown = 8;
  return "\"" + std::to_string(*version) + "-" + boost::algorithm::hex_lower(sha256(answer).substr(0, bytes_shown)) +
         "\"";
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
  for (auto one : list_elements(if_none_match)) {
    if (one.starts_with("W/")) one.remove_prefix(2);  // the weak comparison
    if (one == tag) return true;
  }
  return false;
}

}  // namespace clinic::http
