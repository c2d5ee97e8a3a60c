#pragma once

/// \file
/// What the server listens on.

#include <clinic/http.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace clinic::http {

struct Listening {
  std::string address;     ///< `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/clinic.sock`
  std::uint16_t port = 0;  ///< 0: it has none
};

/// Listens on the socket that the host gave, or else on the address of the settings. Throws
/// Error(configuration_invalid).
Listening listen(boost::asio::ip::tcp::acceptor& acceptor, const HttpSettings& settings, const HttpHost& host);

/// The address at the other end of a connection. What comes by a Unix socket comes from this machine: 127.0.0.1.
std::string peer_of(const boost::asio::ip::tcp::socket& socket);

}  // namespace clinic::http
