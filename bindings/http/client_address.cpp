#include "client_address.hpp"

#include "header_list.hpp"

namespace clinic::http {
namespace {

/// The elements of the lists in all headers of that name, in order.
std::vector<std::string> listed(const Request& request, std::string_view name) {
  std::vector<std::string> elements;
  for (const auto& header : request.headers) {
    if (!header.is(name)) continue;
    for (const auto element : list_elements(header.value))
      elements.emplace_back(element);
  }
  return elements;
}

/// `for="[2001:db8::1]:47"` of an element of `Forwarded`; the parameter's value without quotes.
std::string parameter(std::string_view element, std::string_view name) {
  for (;;) {
    const auto end = element.find(';');
    const auto pair = trimmed(element.substr(0, end));
    const auto equals = pair.find('=');
    if (equals != pair.npos && boost::beast::iequals(pair.substr(0, equals), name)) {
      auto value = pair.substr(equals + 1);
      if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
      return std::string(value);
    }
    if (end == element.npos) return {};
    element.remove_prefix(end + 1);
  }
}

/// From whom each proxy says that it got the request, the nearest one last.
std::vector<std::string> forwarded_for(const Request& request, ProxyHeader header) {
  if (header == ProxyHeader::x_forwarded_for) return listed(request, "X-Forwarded-For");
  auto elements = listed(request, "Forwarded");
  for (auto& element : elements)
    element = parameter(element, "for");
  return elements;
}

}  // namespace

ClientAddress::ClientAddress(const std::vector<std::string>& trusted_proxies, ProxyHeader header)
    : proxies_(trusted_proxies, "http.trusted_proxies"), header_(header) {}

bool ClientAddress::forwarded(const Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const Header& header) {
    using boost::beast::iequals;
    constexpr std::string_view forwarded = "X-Forwarded-";
    return iequals(header.name, "Forwarded") || iequals(header.name, "Via") || iequals(header.name, "X-Real-IP") ||
           iequals(header.name.substr(0, forwarded.size()), forwarded);
  });
}

std::string ClientAddress::of(const Request& request) const {
  const auto own_form = [](std::string_view text) {
    const auto address = parse_address(text);
    return address ? address->toString() : std::string();
  };
  auto client = own_form(request.peer);
  if (!proxies_.contain(request.peer)) return client;
  auto hops = forwarded_for(request, header_);
  while (!hops.empty()) {
    auto named = own_form(hops.back());
    hops.pop_back();
    if (named.empty()) break;  // `unknown`, or a name of the proxy's own: nobody behind it can be believed
    client = std::move(named);
    if (!proxies_.contain(client)) break;
  }
  return client;
}

bool ClientAddress::secure(const Request& request) const {
  if (request.secure) return true;
  if (!proxies_.contain(request.peer)) return false;
  if (header_ == ProxyHeader::x_forwarded_for) {
    const auto protocol = request.header("X-Forwarded-Proto");
    return protocol && boost::beast::iequals(*protocol, "https");
  }
  const auto elements = listed(request, "Forwarded");
  return !elements.empty() && boost::beast::iequals(parameter(elements.back(), "proto"), "https");
}

}  // namespace clinic::http
