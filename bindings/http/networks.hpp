#pragma once

#include <Poco/Net/IPAddress.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// An address with or without brackets and port; an IPv4 address in IPv6's form is the IPv4 address. Nothing: it is
/// none.
std::optional<Poco::Net::IPAddress> parse_address(std::string_view text);

/// Addresses and networks, `10.0.0.0/8`, of a setting.
class Networks {
 public:
  /// `setting` names it in errors. Throws Error(configuration_invalid).
  Networks(const std::vector<std::string>& texts, const std::string& setting);

  bool contain(std::string_view address) const;

 private:
  struct Network {
    Poco::Net::IPAddress address, mask;
  };
  std::vector<Network> networks_;
};

}  // namespace clinic::http
