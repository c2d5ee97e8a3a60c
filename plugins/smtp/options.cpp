#include "options.hpp"

#include "text.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/NumberParser.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace clinic::smtp {
namespace {

using plugin::Failure;

constexpr std::string_view scheme = "smtp://";
constexpr std::string_view form =
    "smtp://user:password@host:587?from=mailbox, where each part is percent-encoded (@ is %40, / is %2F, # is %23)";

[[noreturn]] void refuse(const std::string& why) { throw Failure::refused("the URL" + why); }

std::string decoded(std::string_view text) {
  std::string plain;
  Poco::URI::decode(std::string(text), plain);
  return plain;
}

Poco::URI uri(std::string_view url) {
  try {
    return Poco::URI(Poco::replace(std::string(url), "+", "%2B"));  // Poco 1.11 takes a + in an option for a blank
  } catch (const Poco::Exception&) {
    refuse(" has not the form " + std::string(form));
  }
}

/// Poco decodes user and password before one can part them, and takes the last @ of several for the one that counts.
void read_account(std::string_view url, Options& options) {
  auto authority = url.substr(scheme.size());
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const auto at = authority.find('@');
  if (at == authority.npos) return;
  if (authority.find('@', at + 1) != authority.npos) refuse("'s user or password has an @, which is written %40");
  const auto account = authority.substr(0, at);
  const auto colon = account.find(':');
  if (colon == account.npos) refuse(" names a user without a password");
  try {
    options.user = decoded(account.substr(0, colon));
    options.password = decoded(account.substr(colon + 1));
  } catch (const Poco::Exception&) {
    refuse("'s user or password is not percent-encoded: a % is written %25");
  }
  if (options.user.empty() || options.password.empty()) refuse("'s user or password is empty");
  if (has_control(options.user) || has_control(options.password)) refuse("'s user or password has a control character");
}

template <class Value>
Value one_of(const std::string& name, const std::string& value, const std::map<std::string, Value>& values) {
  if (const auto found = values.find(value); found != values.end()) return found->second;
  std::string names;
  for (const auto& [word, meaning] : values)
    names.append(names.empty() ? "" : ", ").append(word);
  refuse("'s option " + name + " has an unknown value: there are " + names);
}

unsigned number(const std::string& name, const std::string& value, unsigned most) {
  unsigned parsed = 0;
  if (!Poco::NumberParser::tryParseUnsigned(value, parsed) || parsed < 1 || parsed > most)
    refuse("'s option " + name + " is not a number from 1 to " + std::to_string(most));
  return parsed;
}

void read_option(const std::string& name, const std::string& value, Options& options) {
  if (name == "tls")
    options.security = one_of<Security>(
        name, value, {{"starttls", Security::starttls}, {"implicit", Security::implicit}, {"none", Security::none}});
  else if (name == "auth")
    options.login = one_of<Login>(name, value,
                                  {{"auto", Login::automatic},
                                   {"plain", Login::plain},
                                   {"login", Login::login},
                                   {"cram-md5", Login::cram_md5},
                                   {"none", Login::none}});
  else if (name == "from")
    options.from = parse_mailbox(value, "the URL's option from");
  else if (name == "reply_to")
    options.reply_to = parse_mailbox(value, "the URL's option reply_to");
  else if (name == "ca")
    options.ca = value;
  else if (name == "helo")
    options.helo = value;
  else if (name == "connections")
    options.connections = number(name, value, 100);
  else if (name == "timeout")
    options.timeout = std::chrono::seconds(number(name, value, 55));
  else
    refuse("'s option " + one_line(name) +
           " is none: there are tls, from, reply_to, ca, auth, connections, timeout and helo");
}

bool is_loopback(const std::string& host) {
  Poco::Net::IPAddress address;
  return host == "localhost" || (Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback());
}

void check(const Options& options) {
  if (options.host.empty()) refuse(" names no host");
  if (!is_ascii(options.host))
    refuse("'s host has characters outside of ASCII: write its name in the form that begins with xn--");
  Poco::Net::IPAddress address;
  if (!is_domain(options.host) && !Poco::Net::IPAddress::tryParse(options.host, address))
    refuse("'s host is neither a name nor an address");
  if (options.from.address.empty())
    refuse(" has no option from, the sender's mailbox: from=Clinic%20<noreply@clinic.example>");
  if (!options.helo.empty() && !is_domain(options.helo)) refuse("'s option helo is not a host's name");
  if (options.user.empty() && options.login != Login::automatic && options.login != Login::none)
    refuse("'s option auth wants a user and a password, and the URL has none");
  if (!options.user.empty() && options.login == Login::none) refuse(" has a user, and auth=none");
  if (!options.user.empty() && options.security == Security::none && !is_loopback(options.host))
    refuse(
        " would send a password without encryption: tls=none takes no user and password, but to this machine itself");
}

}  // namespace

Options Options::parse(std::string_view url) {
  if (!url.starts_with(scheme)) refuse(" has the form " + std::string(form));
  Options options;
  read_account(url, options);
  const auto parsed = uri(url);
  options.host = parsed.getHost();
  if (!parsed.getPath().empty() && parsed.getPath() != "/") refuse(" has a path, and a mail server has none");
  if (!parsed.getFragment().empty() || url.find('#') != url.npos) refuse(" has a #, which is written %23");
  std::set<std::string> seen;
  for (const auto& [name, value] : parsed.getQueryParameters()) {
    if (!seen.insert(name).second) refuse("'s option " + one_line(name) + " is there twice");
    if (has_control(value) && name != "from" && name != "reply_to")
      refuse("'s option " + one_line(name) + " has a control character");
    read_option(name, value, options);
  }
  check(options);
  if (parsed.getSpecifiedPort() != 0)
    options.port = parsed.getSpecifiedPort();
  else if (options.security == Security::implicit)
    options.port = 465;
  else if (options.security == Security::none)
    options.port = 25;
  return options;
}

}  // namespace clinic::smtp
