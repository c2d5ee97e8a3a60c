#include "client_address.hpp"

#include <clinic/error.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <charconv>
#include <optional>

namespace clinic::http {
namespace {

using Poco::Net::IPAddress;

/// An address with or without brackets and port; an IPv4 address in IPv6's form is the IPv4 address.
std::optional<IPAddress> parsed(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  if (text.find('%') != text.npos) text = text.substr(0, text.find('%'));  // a link's zone
  IPAddress address;
  if (!IPAddress::tryParse(std::string(text), address)) return std::nullopt;
  if (address.isIPv4Mapped() && IPAddress::tryParse(std::string(text.substr(text.rfind(':') + 1)), address))
    return address;
  return address;
}

/// The elements of a list in headers of that name, in order (RFC 9110, 5.6.1).
std::vector<std::string> listed(const Request& request, std::string_view name) {
  std::vector<std::string> elements;
  for (const auto& header : request.headers) {
    if (!boost::algorithm::iequals(header.name, name)) continue;
    auto rest = header.value;
    for (;;) {
      const auto comma = rest.find(',');
      elements.push_back(boost::algorithm::trim_copy(std::string(rest.substr(0, comma))));
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return elements;
}

/// `for="[2001:db8::1]:47"` of an element of `Forwarded`; the parameter's value without quotes.
std::string parameter(std::string_view element, std::string_view name) {
  for (;;) {
    const auto end = element.find(';');
    auto pair = boost::algorithm::trim_copy(std::string(element.substr(0, end)));
    const auto equals = pair.find('=');
    if (equals != pair.npos && boost::algorithm::iequals(pair.substr(0, equals), name)) {
      auto value = pair.substr(equals + 1);
      if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
      return value;
    }
    if (end == element.npos) return {};
    element.remove_prefix(end + 1);
  }
}

/// From whom each proxy says that it got the request, the nearest one last.
std::vector<std::string> forwarded_for(const Request& request) {
  auto elements = listed(request, "Forwarded");
  if (elements.empty()) return listed(request, "X-Forwarded-For");
  for (auto& element : elements)
    element = parameter(element, "for");
  return elements;
}

}  // namespace

ClientAddress::ClientAddress(const std::vector<std::string>& trusted_proxies) {
  for (std::size_t i = 0; i < trusted_proxies.size(); ++i) {
    const std::string_view text = trusted_proxies[i];
    const auto slash = text.find('/');
    IPAddress address;
    unsigned bits = 0;
    bool valid = IPAddress::tryParse(std::string(text.substr(0, slash)), address);
    const unsigned most = address.family() == IPAddress::IPv4 ? 32 : 128;
    if (slash == text.npos) {
      bits = most;
    } else {
      const auto* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      valid = valid && read.ec == std::errc{} && read.ptr == end && bits <= most;
    }
    if (!valid)
      throw Error(ErrorCode::configuration_invalid, {},
                  {{"http.trusted_proxies[" + std::to_string(i) + "]", "invalid_format",
                    "This is an address or a network, such as 10.0.0.0/8."}});
    const IPAddress mask(bits, address.family());
    proxies_.push_back({address & mask, mask});
  }
}

bool ClientAddress::trusted(std::string_view text) const {
  if (proxies_.empty()) return false;
  const auto address = parsed(text);
  return address && std::any_of(proxies_.begin(), proxies_.end(), [&](const Network& network) {
           return address->family() == network.address.family() && (*address & network.mask) == network.address;
         });
}

std::string ClientAddress::of(const Request& request) const {
  const auto own_form = [](std::string_view text) {
    const auto address = parsed(text);
    return address ? address->toString() : std::string();
  };
  auto client = own_form(request.peer);
  if (!trusted(request.peer)) return client;
  auto hops = forwarded_for(request);
  while (!hops.empty()) {
    auto named = own_form(hops.back());
    hops.pop_back();
    if (named.empty()) break;  // `unknown`, or a name of the proxy's own: nobody behind it can be believed
    client = std::move(named);
    if (!trusted(client)) break;
  }
  return client;
}

bool ClientAddress::secure(const Request& request) const {
  if (request.secure) return true;
  if (!trusted(request.peer)) return false;
  const auto elements = listed(request, "Forwarded");
  if (!elements.empty()) return boost::algorithm::iequals(parameter(elements.back(), "proto"), "https");
  const auto protocol = request.header("X-Forwarded-Proto");
  return protocol && boost::algorithm::iequals(*protocol, "https");
}

}  // namespace clinic::http
