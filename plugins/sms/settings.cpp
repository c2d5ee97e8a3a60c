#include "settings.hpp"

#include <clinic/plugin/plugin.hpp>

#include <Poco/Exception.h>
#include <Poco/NumberParser.h>
#include <Poco/URI.h>

#include <algorithm>
#include <filesystem>

namespace clinic::sms {
namespace {

using plugin::Failure;

/// Waiting for a connection, and then the call, each take at most so long: the host gives a send a minute.
constexpr unsigned longest_timeout = 25;

[[noreturn]] void refuse_option(std::string_view name, std::string_view why) {
  throw Failure::refused("the URL's option " + std::string(name) + " " + std::string(why));
}

/// Whether all characters may stand in a URL: whatever else is written with escapes.
bool is_url_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool looks_like_option(std::string_view name) {
  return name.size() <= 20 &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

unsigned number_from_1_to(unsigned most, const std::string& name, const std::string& text) {
  unsigned value = 0;
  if (!Poco::NumberParser::tryParseUnsigned(text, value) || value < 1 || value > most)
    refuse_option(name, "is no number from 1 to " + std::to_string(most));
  return value;
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host == "127.0.0.1"; }

/// An address with scheme and host. `what` names where it stands.
Poco::URI http_address(const std::string& text, const std::string& what) {
  try {
    Poco::URI uri(text);
    const bool http = uri.getScheme() == "http" || uri.getScheme() == "https";
    if (http && !uri.getHost().empty() && uri.getUserInfo().empty() && text.find('#') == text.npos && is_url_text(text))
      return uri;
  } catch (const Poco::Exception&) {  // its text may show a secret
  }
  throw Failure::refused(what + " is no address such as https://host/path, without a user and a fragment");
}

Server read_server(const std::string& text, bool may_be_plain, const std::string& what) {
  const auto uri = http_address(text, what);
  Server server;
  server.tls = uri.getScheme() == "https";
  server.host = uri.getHost();
  server.port = uri.getPort();
  server.target = text.substr(std::min(text.find_first_of("/?", text.find("://") + 3), text.size()));
  if (!server.target.starts_with('/')) server.target.insert(0, "/");  // not by Poco, which would make %2F a slash
  if (!server.tls && !may_be_plain && !is_loopback(server.host))
    throw Failure::refused(what + " is not https: whoever listens on the way would read what is secret");
  return server;
}

using Given = std::map<std::string, std::string, std::less<>>;

Given given_options(std::string_view query) {
  Given given;
  // A plus is one: numbers begin with it, and nobody types options in a form.
  for (auto& [name, value] : parameters(query, false, "the URL's options")) {
    const auto shown = looks_like_option(name) ? name : "(not shown)";
    if (given.contains(name)) refuse_option(shown, "is given twice");
    if (value.empty()) refuse_option(shown, "is empty");
    if (has_control(value)) refuse_option(shown, "has control characters");
    given.emplace(std::move(name), std::move(value));
  }
  return given;
}

std::string option_names(const Gateway& gateway) {
  std::string names;
  for (const auto& [name, option] : gateway.options)
    names.append(name).append(", ");
  return names + "receipts, timeout, connections, ca, url";
}

void check_names(const Gateway& gateway, const Given& given) {
  for (const auto& [name, value] : given) {
    const bool known =
        gateway.options.contains(name) || (is_common_option(name) && (name != "tls" || gateway.plain_http));
    // What does not look like a name may be the rest of a secret with a & in it.
    if (!known)
      refuse_option(looks_like_option(name) ? name : "(not shown)",
                    "is none of " + gateway.name + ": there are " + option_names(gateway));
  }
  for (const auto& [name, option] : gateway.options)
    if (option.required && !given.contains(name)) refuse_option(name, "is missing, which " + gateway.name + " needs");
}

/// A token is written into an address that other programs handle: Kannel takes a percent sign for one of its own codes.
void check_token(const std::string& name, const std::string& token) {
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
  });
  if (token.size() < 16 || !plain) refuse_option(name, "has not at least 16 letters, digits and - . _ ~");
}

void check_receipts(const Settings& settings, bool may_be_plain) {
  const auto& gateway = settings.gateway;
  const auto* authentication = settings.authentication();
  if (authentication != nullptr && authentication->kind == Authentication::Kind::token)
    check_token(authentication->secret, settings.options.at(authentication->secret));
  if (settings.receipts.empty()) return;
  if (!gateway.receipts) refuse_option("receipts", "is given, and the gateway file describes no receipts");
  if (authentication == nullptr) {
    std::string secrets;
    for (const auto& each : gateway.receipts->authentications)
      secrets.append(secrets.empty() ? "" : " or ").append(each.secret);
    refuse_option("receipts",
                  "needs the option " + secrets + " besides, by which receipts show that they are authentic");
  }
  if (!gateway.tells_receipt_url())
    refuse_option("receipts", "is not told to " + gateway.name + " with a message: set the address in its console");
  read_server(settings.receipts, may_be_plain, "the URL's option receipts");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parameters(std::string_view text, bool plus_is_space,
                                                            const std::string& what) {
  std::vector<std::pair<std::string, std::string>> read;
  const auto decoded = [&](std::string part) {
    if (plus_is_space) std::replace(part.begin(), part.end(), '+', ' ');
    try {
      std::string plain;
      Poco::URI::decode(part, plain);
      return plain;
    } catch (const Poco::Exception&) {
      throw Failure::refused(what + " have a percent sign that begins no escape: a percent sign is written %25");
    }
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    const auto equals = std::min(field.find('='), field.size());
    read.emplace_back(decoded(std::string(field.substr(0, equals))),
                      decoded(std::string(field.substr(std::min(equals + 1, field.size())))));
  }
  return read;
}

std::string Server::authority() const {
  const auto name = host.find(':') == host.npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::string Settings::receipt_url(const Values& values) const {
  if (receipts.empty()) return {};
  const auto query = gateway.receipts->query.expand(values, Escape::url);
  if (query.empty()) return receipts;
  return receipts + (receipts.find('?') == receipts.npos ? '?' : '&') + query;
}

const Authentication* Settings::authentication() const {
  if (gateway.receipts)
    for (const auto& each : gateway.receipts->authentications)
      if (options.contains(each.secret)) return &each;
  return nullptr;
}

Settings Settings::parse(std::string_view url) {
  constexpr std::string_view scheme = "sms:";
  if (!url.starts_with(scheme)) throw Failure::refused("the URL has the form sms:<gateway>?<options>");
  url.remove_prefix(scheme.size());
  const auto end = std::min(url.find('?'), url.size());
  Settings settings{read_gateway(gateway_text(std::string(url.substr(0, end))))};
  auto given = given_options(url.substr(std::min(end + 1, url.size())));
  const auto& gateway = settings.gateway;
  check_names(gateway, given);

  const auto take = [&](std::string_view name) {
    auto node = given.extract(std::string(name));
    return node.empty() ? std::string() : std::move(node.mapped());
  };
  settings.receipts = take("receipts");
  if (const auto text = take("timeout"); !text.empty())
    settings.timeout = std::chrono::seconds(number_from_1_to(longest_timeout, "timeout", text));
  if (const auto text = take("connections"); !text.empty())
    settings.connections = number_from_1_to(64, "connections", text);
  const auto ca = take("ca");
  const auto address = take("url");
  const auto tls = take("tls");
  settings.options = std::move(given);

  if (!tls.empty() && tls != "none") refuse_option("tls", "is not none: https needs no option");
  if (!address.empty())
    settings.server = read_server(address, tls == "none", "the URL's option url");
  else if (!gateway.request.url.empty())
    settings.server = read_server(gateway.request.url.expand(settings.options, Escape::url), tls == "none",
                                  "the gateway file's request.url");
  else
    refuse_option("url", "is missing: the gateway file has no address");
  settings.server.ca = ca;
  std::error_code error;
  if (!ca.empty() && !std::filesystem::is_regular_file(ca, error)) refuse_option("ca", "names no file");
  if (!ca.empty() && !settings.server.tls) refuse_option("ca", "is of no use without https");
  check_receipts(settings, tls == "none");
  return settings;
}

}  // namespace clinic::sms
