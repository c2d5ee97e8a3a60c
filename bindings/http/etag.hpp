#pragma once

/// \file
/// Entity tags from the versions of records (RFC 9110, 8.8.3, 13.1).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clinic::http {

/// The tag of an answer that is a record with a version: `"7-3f2a…"`, the version and a digest of the answer, which
/// also changes with what the version does not count: an age, an account. Nothing for other answers.
std::optional<std::string> entity_tag(std::string_view answer);

/// The version in a tag of ours, which may be weak: what else is in it does not matter to a change. Nothing where it is
/// none, or a list.
std::optional<std::int64_t> version_of(std::string_view tag);

/// Whether `If-None-Match` names the tag.
bool names_tag(std::string_view if_none_match, std::string_view tag);

}  // namespace clinic::http
