#pragma once

#include "reply.hpp"
#include "tcp.hpp"
#include "tls.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace clinic::smtp {

/// Lines to and from a server, with or without TLS. Throws Lost.
class Wire {
 public:
  Wire(const std::string& host, std::uint16_t port, Deadline deadline) : tcp_(host, port, deadline) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Throws plugin::Failure(UNAVAILABLE), too. What came before it was sent in the open, and is refused: somebody on
  /// the way could have put it there.
  void start_tls(const TlsContext& context, const std::string& host, Deadline deadline);
  void send(std::string_view bytes, Deadline deadline);
  Reply receive_reply(Deadline deadline);
  void end(Deadline deadline);
  Poco::Net::IPAddress own_address() const { return tcp_.own_address(); }

 private:
  std::string line(Deadline deadline);

  Tcp tcp_;
  std::optional<Tls> tls_{};
  std::string unread_{};
};

}  // namespace clinic::smtp
