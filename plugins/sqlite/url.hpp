#pragma once

/// \file
/// `sqlite:clinic.db`, `sqlite:/var/lib/clinic.db?synchronous=normal`, `sqlite:///clinic.db` (as SQLAlchemy writes it),
/// `sqlite::memory:`

#include "url_options.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace clinic::mapping {
namespace {

enum class Synchronous {
  normal,  ///< commits are on the disk some time later
  full,    ///< before they are answered; see LogSync
  extra    ///< before anybody can read them: SQLite syncs itself
};

struct SqliteUrl {
  std::string path;  ///< absolute, so that it stays the same file when the process changes its folder; or `:memory:`
  bool in_memory = false;
  Synchronous synchronous = Synchronous::full;
  std::chrono::milliseconds busy_timeout{10000};  ///< for the write lock
  std::chrono::milliseconds pool_timeout{10000};  ///< for a connection to read with
  std::size_t pool = 16;                          ///< connections to read with; writing has one of its own
};

inline constexpr std::string_view sqlite_options =
    "synchronous=normal|full|extra, busy_timeout=<milliseconds>, pool=<connections>, pool_timeout=<milliseconds>";

inline void set_option(SqliteUrl& url, std::string_view name, std::string_view value) {
  if (name == "synchronous") {
    if (value == "normal")
      url.synchronous = Synchronous::normal;
    else if (value == "full")
      url.synchronous = Synchronous::full;
    else if (value == "extra")
      url.synchronous = Synchronous::extra;
    else
      throw refused_url("synchronous is normal, full or extra");
  } else if (name == "busy_timeout") {
    url.busy_timeout = option_duration(name, value);
  } else if (name == "pool") {
    url.pool = option_pool(value);
  } else if (name == "pool_timeout") {
    url.pool_timeout = option_duration(name, value);
  } else {
    throw refused_url("unknown option " + std::string(name) + "; known are " + std::string(sqlite_options));
  }
}

inline SqliteUrl parse_url(std::string_view text) {
  SqliteUrl url;
  if (!text.starts_with("sqlite:")) throw Failure::refused("the URL does not begin with sqlite:");
  text.remove_prefix(7);
  const auto question = text.find('?');
  auto options = question == text.npos ? std::string_view() : text.substr(question + 1);
  text = text.substr(0, question);
  while (!options.empty()) {
    const auto option = options.substr(0, options.find('&'));
    options.remove_prefix(std::min(options.size(), option.size() + 1));
    const auto equals = option.find('=');
    set_option(url, option.substr(0, equals), equals == option.npos ? std::string_view() : option.substr(equals + 1));
  }
  if (text == ":memory:") {
    url.in_memory = true;
    url.path = text;
    return url;
  }
  // SQLAlchemy's form: three slashes before a relative path, four before an absolute one. The SDK reads it in the same
  // way.
  if (text.starts_with("///"))
    text.remove_prefix(3);
  else if (text.starts_with("//"))
    throw refused_url("a file has no host; write sqlite:clinic.db, or sqlite:///clinic.db");
  if (text.empty()) throw refused_url("the path is missing, sqlite:clinic.db");
  url.path = std::filesystem::absolute(text).string();
  return url;
}

/// Where SQLite would make the file, if the path is a link to nothing yet.
inline std::string target_of(std::filesystem::path path) {
  constexpr int most_links = 40;  // as Linux has it
  std::error_code no_link;
  for (int links = 0; links < most_links; ++links) {
    const auto target = std::filesystem::read_symlink(path, no_link);
    if (no_link) break;
    path = path.parent_path() / target;
  }
  return path.string();
}

}  // namespace
}  // namespace clinic::mapping
