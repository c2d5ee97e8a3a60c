#include "networks.hpp"

#include "wrong_setting.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace clinic::http {

using Poco::Net::IPAddress;

namespace {

/// Strictly: `10.1` is no address. An IPv4 address in IPv6's form is the IPv4 address.
std::optional<IPAddress> strict_address(const std::string& text) {
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return IPAddress(&v4, sizeof v4);
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::nullopt;
  if (!IN6_IS_ADDR_V4MAPPED(&v6)) return IPAddress(&v6, sizeof v6);
  constexpr std::size_t before = sizeof v6 - sizeof v4;
  std::memcpy(&v4, reinterpret_cast<const unsigned char*>(&v6) + before, sizeof v4);
  return IPAddress(&v4, sizeof v4);
}

}  // namespace

std::optional<IPAddress> parse_address(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return strict_address(std::string(text.substr(0, text.find('%'))));  // without a link's zone
}

Networks::Networks(const std::vector<std::string>& texts, const std::string& setting) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    const auto slash = text.find('/');
    const auto parsed = strict_address(std::string(text.substr(0, slash)));
    const auto address = parsed.value_or(IPAddress());
    bool valid = parsed.has_value();
    const unsigned most = address.family() == IPAddress::IPv4 ? 32 : 128;
    unsigned bits = most;
    if (slash != text.npos) {
      const auto* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      valid = valid && read.ec == std::errc{} && read.ptr == end && bits <= most;
    }
    if (!valid)
      refuse_setting(element_of(setting, i), "invalid_format",
                     "This must be an address or a network, such as 10.0.0.0/8.");
    const IPAddress mask(bits, address.family());
    networks_.push_back({address & mask, mask});
  }
}

bool Networks::contain(std::string_view text) const {
  if (networks_.empty()) return false;
  const auto address = parse_address(text);
  return address && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return address->family() == network.address.family() && (*address & network.mask) == network.address;
         });
}

}  // namespace clinic::http
