#pragma once

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace clinic::smtp {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// The connection is of no use any more; what() says why, and holds nothing of what was sent or received.
class Lost : public std::exception {
 public:
  explicit Lost(const char* why) : why_(why) {}
  const char* what() const noexcept override { return why_; }

 private:
  const char* why_;
};

/// A connection. Nothing takes longer than its deadline, and a closed connection raises no signal.
class Tcp {
 public:
  /// Tries each of the host's addresses. Looking them up is the system's, and has no deadline. Throws Lost.
  Tcp(const std::string& host, std::uint16_t port, Deadline deadline);

  /// Returns when the system has all of it. Throws Lost.
  void send(std::string_view bytes, Deadline deadline);
  /// At least one byte, or 0 at the end of the stream. Throws Lost.
  std::size_t receive(char* buffer, std::size_t size, Deadline deadline);
  /// This side's address. Throws Lost.
  Poco::Net::IPAddress own_address() const;

 private:
  void wait(int mode, Deadline deadline) const;

  Poco::Net::StreamSocket socket_;
};

}  // namespace clinic::smtp
