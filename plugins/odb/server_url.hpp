#pragma once

/// \file
/// `postgresql://user:password@host:5432/database`,
/// `mysql://user@host1,host2:3307/database?pool=32&password_env=DB_PASSWORD`

#include "url_options.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::mapping {
namespace {

struct ServerHost {
  std::string name;
  std::uint16_t port = 0;  ///< 0: the driver's own
};

/// A server's URL. The options that both servers share are read; all others are the driver's.
struct ServerUrl {
  std::string user, password, database;
  std::vector<ServerHost> hosts;               ///< in the order in which they are tried
  std::map<std::string, std::string> options;  ///< the driver's own

  std::size_t pool = 16;                               ///< connections at the most
  std::chrono::milliseconds pool_timeout{10000};       ///< for a connection of the pool
  std::chrono::seconds connect_timeout{5};             ///< for each host; in seconds, as both drivers take it
  std::chrono::milliseconds lock_timeout{10000};       ///< for a lock of another transaction
  std::chrono::milliseconds statement_timeout{20000};  ///< for a statement, while the server answers
  std::chrono::milliseconds network_timeout{30000};    ///< for an answer, when the server does not
};

inline constexpr std::string_view server_options =
    "pool=<connections>, connect_timeout=<seconds>, pool_timeout=, lock_timeout=, statement_timeout=, network_timeout="
    "<milliseconds>, password_env=<variable>, password_file=<path>";

inline std::string password_from_file(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  std::getline(file, password);
  if (!file && password.empty()) throw refused_url("the password_file cannot be read, or is empty");
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

inline std::string password_from_environment(const std::string& variable) {
  const char* password = std::getenv(variable.c_str());
  if (!password) throw refused_url("the environment has no variable " + variable + " (password_env)");
  return password;
}

inline void set_option(ServerUrl& url, const std::string& name, const std::string& value) {
  if (name == "pool")
    url.pool = option_pool(value);
  else if (name == "pool_timeout")
    url.pool_timeout = option_duration(name, value);
  else if (name == "connect_timeout")
    url.connect_timeout = std::chrono::seconds(option_number(name, value, 1, 300));
  else if (name == "lock_timeout")
    url.lock_timeout = option_duration(name, value, 1);
  else if (name == "statement_timeout")
    url.statement_timeout = option_duration(name, value, 1);
  else if (name == "network_timeout")
    url.network_timeout = option_duration(name, value, 1);
  else if (name == "password_env")
    url.password = password_from_environment(value);
  else if (name == "password_file")
    url.password = password_from_file(value);
  else if (!url.options.emplace(name, value).second)
    throw refused_url("the option " + name + " stands there twice");
}

/// A URI names one host; the others are cut out and read with the rest of the URL, one by one.
inline std::vector<std::string> one_url_per_host(std::string_view text) {
  const auto slashes = text.find("://");
  if (slashes == text.npos) throw refused_url("write " + std::string(Driver::name) + "://user:password@host/database");
  const auto authority_end = std::min(text.find_first_of("/?#", slashes + 3), text.size());
  const auto at = text.substr(0, authority_end).rfind('@');
  const auto hosts_begin = at == text.npos ? slashes + 3 : at + 1;
  const auto before = text.substr(0, hosts_begin);
  auto hosts = text.substr(hosts_begin, authority_end - hosts_begin);
  const auto after = text.substr(authority_end);
  std::vector<std::string> urls;
  for (;;) {
    const auto comma = hosts.find(',');
    urls.push_back(std::string(before) + std::string(hosts.substr(0, comma)) + std::string(after));
    if (comma == hosts.npos) return urls;
    hosts.remove_prefix(comma + 1);
  }
}

inline ServerUrl parse_server_url(std::string_view text) try {
  ServerUrl url;
  const auto urls = one_url_per_host(text);
  for (const auto& one : urls)
    if (const Poco::URI uri(one); !uri.getHost().empty()) url.hosts.push_back({uri.getHost(), uri.getSpecifiedPort()});
  const Poco::URI uri(urls.front());
  const auto colon = uri.getUserInfo().find(':');
  url.user = uri.getUserInfo().substr(0, colon);
  if (colon != std::string::npos) url.password = uri.getUserInfo().substr(colon + 1);
  url.database = uri.getPath().empty() ? "" : uri.getPath().substr(1);
  if (url.database.empty())
    throw refused_url("the database is missing, " + std::string(Driver::name) + "://host/database");
  for (const auto& [name, value] : uri.getQueryParameters())
    set_option(url, name, value);
  if (url.statement_timeout >= url.network_timeout)
    throw refused_url("network_timeout must be longer than statement_timeout");
  return url;
} catch (const Poco::Exception&) {  // its text may hold the password
  throw refused_url(
      "the URL is malformed; characters such as @ : / ? # % in a name or password are written %40 and so on");
}

}  // namespace
}  // namespace clinic::mapping
