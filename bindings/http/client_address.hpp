#pragma once

#include "message.hpp"
#include "networks.hpp"

#include <clinic/configuration.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

/// Who is at the other end: the connection's peer, or, where the peer is a trusted proxy, whom it names (`Forwarded`,
/// RFC 7239, or `X-Forwarded-For`). What others name is not believed.
class ClientAddress {
 public:
  /// Addresses and networks, `10.0.0.0/8`. Only `header` is believed: proxies pass the other one on from their clients.
  /// Throws Error(configuration_invalid).
  explicit ClientAddress(const std::vector<std::string>& trusted_proxies,
                         ProxyHeader header = ProxyHeader::x_forwarded_for);

  std::string of(const Request& request) const;
  /// Whether the request came through a proxy, or says so.
  static bool forwarded(const Request& request);
  /// Whether the client came by TLS, to us or to a trusted proxy that says so.
  bool secure(const Request& request) const;

 private:
  Networks proxies_;
  ProxyHeader header_;
};

}  // namespace clinic::http
