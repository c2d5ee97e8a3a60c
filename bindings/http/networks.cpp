#include "networks.hpp"

#include <clinic/error.hpp>

#include <algorithm>
#include <charconv>

namespace clinic::http {

using Poco::Net::IPAddress;

std::optional<IPAddress> parse_address(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  text = text.substr(0, text.find('%'));  // without a link's zone
  IPAddress address;
  if (!IPAddress::tryParse(std::string(text), address)) return std::nullopt;
  IPAddress mapped;
  if (address.isIPv4Mapped() && IPAddress::tryParse(std::string(text.substr(text.rfind(':') + 1)), mapped))
    return mapped;
  return address;
}

Networks::Networks(const std::vector<std::string>& texts, const std::string& setting) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    const auto slash = text.find('/');
    IPAddress address;
    bool valid = IPAddress::tryParse(std::string(text.substr(0, slash)), address);
    const unsigned most = address.family() == IPAddress::IPv4 ? 32 : 128;
    unsigned bits = most;
    if (slash != text.npos) {
      const auto* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, bits);
      valid = valid && read.ec == std::errc{} && read.ptr == end && bits <= most;
    }
    if (!valid)
      throw Error(ErrorCode::configuration_invalid, {},
                  {{setting + "[" + std::to_string(i) + "]", "invalid_format",
                    "This is an address or a network, such as 10.0.0.0/8."}});
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
