#pragma once

#include "message.hpp"

#include <Poco/Net/IPAddress.h>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// Who is at the other end: the connection's peer, or, where the peer is a trusted proxy, whom it names (`Forwarded`,
/// RFC 7239, or `X-Forwarded-For`). What others name is not believed.
class ClientAddress {
 public:
  /// Addresses and networks, `10.0.0.0/8`. Throws Error(configuration_invalid).
  explicit ClientAddress(const std::vector<std::string>& trusted_proxies);

  std::string of(const Request& request) const;
  /// Whether the client came by TLS, to us or to a trusted proxy that says so.
  bool secure(const Request& request) const;

 private:
  struct Network {
    Poco::Net::IPAddress address, mask;
  };
  bool trusted(std::string_view address) const;

  std::vector<Network> proxies_;
};

}  // namespace clinic::http
