#include "tcp.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>

#include <sys/socket.h>

#include <algorithm>
#include <vector>

namespace clinic::smtp {
namespace {

constexpr const char* too_late = "does not answer in time";
constexpr const char* broken = "closes the connection";

Poco::Timespan left_until(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now()).count();
  if (left <= 0) throw Lost(too_late);
  return Poco::Timespan(left);
}

std::vector<Poco::Net::IPAddress> addresses_of(const std::string& host) {
  Poco::Net::IPAddress address;
  if (Poco::Net::IPAddress::tryParse(host, address)) return {address};
  try {
    auto found = Poco::Net::DNS::hostByName(host).addresses();
    // as Poco does: many machines have addresses of IPv6 and no way there
    std::stable_partition(found.begin(), found.end(),
                          [](const auto& one) { return one.family() == Poco::Net::IPAddress::IPv4; });
    return found;
  } catch (const Poco::Exception&) {
    throw Lost("cannot be found: no address is known for the URL's host");
  }
}

}  // namespace

Tcp::Tcp(const std::string& host, std::uint16_t port, Deadline deadline) {
  const auto addresses = addresses_of(host);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    try {
      const Poco::Net::SocketAddress address(addresses[i], port);
      socket_ = Poco::Net::StreamSocket(address.family());
      // an address that does not answer leaves time for the others
      socket_.connect(address, left_until(deadline).totalMicroseconds() / static_cast<long>(addresses.size() - i));
      socket_.setNoDelay(true);
      socket_.setBlocking(false);
      return;
    } catch (const Poco::TimeoutException&) {
      if (i + 1 == addresses.size()) throw Lost(too_late);
    } catch (const Poco::Exception&) {
      if (i + 1 == addresses.size()) throw Lost("takes no connection at the URL's host and port");
    }
  }
  throw Lost("cannot be found: no address is known for the URL's host");
}

Poco::Net::IPAddress Tcp::own_address() const try { return socket_.address().host(); } catch (const Poco::Exception&) {
  throw Lost(broken);
}

void Tcp::wait(int mode, Deadline deadline) const {
  if (!socket_.poll(left_until(deadline), mode)) throw Lost(too_late);
}

void Tcp::send(std::string_view bytes, Deadline deadline) try {
  while (!bytes.empty()) {
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
    const int sent = socket_.sendBytes(bytes.data(), size, MSG_NOSIGNAL);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else
      wait(Poco::Net::Socket::SELECT_WRITE, deadline);
  }
} catch (const Poco::Exception&) {
  throw Lost(broken);
}

std::size_t Tcp::receive(char* buffer, std::size_t size, Deadline deadline) try {
  for (;;) {
    wait(Poco::Net::Socket::SELECT_READ, deadline);
    const int received = socket_.receiveBytes(buffer, static_cast<int>(size));
    if (received >= 0) return static_cast<std::size_t>(received);
  }
} catch (const Poco::Exception&) {
  throw Lost(broken);
}

}  // namespace clinic::smtp
