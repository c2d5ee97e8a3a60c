#include "address.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Exception.h>
#include <Poco/NumberParser.h>
#include <Poco/URI.h>

namespace clinic::redis {
namespace {

using plugin::Failure;

constexpr std::string_view form = "redis://[user:password@]host[:port][/database][?timeout=milliseconds&prefix=text]";

unsigned number(const std::string& text, unsigned most, const char* what) {
  unsigned value = 0;
  if (!Poco::NumberParser::tryParseUnsigned(text, value) || value > most)
    throw Failure::refused(std::string("the URL's ") + what + " is not a number from 0 to " + std::to_string(most));
  return value;
}

Poco::URI uri(std::string_view url) {
  try {
    return Poco::URI(std::string(url));
  } catch (const Poco::Exception&) {
    throw Failure::refused("the URL has not the form " + std::string(form));
  }
}

}  // namespace

Address Address::parse(std::string_view url) {
  if (!url.starts_with("redis://")) throw Failure::refused("the URL has the form " + std::string(form));
  const auto parsed = uri(url);
  Address address;
  if (!parsed.getHost().empty()) address.host = parsed.getHost();
  if (parsed.getPort() != 0) address.port = parsed.getPort();
  const auto& account = parsed.getUserInfo();
  if (const auto colon = account.find(':'); colon != account.npos) {
    address.user = account.substr(0, colon);
    address.password = account.substr(colon + 1);
  } else if (!account.empty()) {
    throw Failure::refused("the URL names a user without a password: redis://:password@host where there is no user");
  }
  if (const auto& path = parsed.getPath(); path.size() > 1)
    address.database = number(path.substr(1), 65535, "database");
  for (const auto& [name, value] : parsed.getQueryParameters()) {
    if (name == "timeout")
      address.timeout = std::chrono::milliseconds(number(value, 60000, "timeout"));
    else if (name == "prefix")
      address.prefix = value;
    else
      throw Failure::refused("the URL's option " + name + " is none: there are timeout and prefix");
  }
  if (address.timeout.count() == 0) throw Failure::refused("the URL's timeout is at least 1 millisecond");
  return address;
}

}  // namespace clinic::redis
