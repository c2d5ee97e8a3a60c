#include "listener.hpp"

#include "wrong_setting.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace clinic::http {

using boost::asio::ip::tcp;

namespace {

std::string address_and_port(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != address.npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Listening listen_on_address(tcp::acceptor& acceptor, const HttpSettings& settings) {
  tcp::resolver resolver(acceptor.get_executor());
  boost::system::error_code unknown;
  const auto found = resolver.resolve(settings.host, std::to_string(settings.port), tcp::resolver::passive, unknown);
  if (unknown)
    refuse_setting("http.host", "not_applicable",
                   "There is no address " + settings.host + ": " + unknown.message() + ".");
  const tcp::endpoint endpoint = *found.begin();
  try {
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    const auto port = acceptor.local_endpoint().port();
    return {address_and_port(settings.host, port), port};
  } catch (const boost::system::system_error& failure) {
    refuse_setting("http.port", "not_applicable",
                   "The server cannot listen on " + settings.host + ":" + std::to_string(settings.port) + ": " +
                       failure.code().message() + ".");
  }
}

/// -1 where it is no socket.
int option_of(int socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

/// `unix:/run/clinic.sock`; an abstract name with an at sign in place of its zero.
std::string unix_address(int socket) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unix:";
  constexpr auto before = offsetof(sockaddr_un, sun_path);
  const auto length = std::min<std::size_t>(size > before ? size - before : 0, sizeof address.sun_path);
  std::string path(address.sun_path, length);
  if (path.starts_with('\0'))
    path.front() = '@';
  else
    path.resize(std::min(path.find('\0'), path.size()));
  return "unix:" + path;
}

Listening listen_on_socket(tcp::acceptor& acceptor, int socket) {
  const auto refuse = [&](std::string_view what) {
    refuse_setting(
        "socket", "not_applicable",
        "The socket that the server was given, descriptor " + std::to_string(socket) + ", " + std::string(what) + ".");
  };
  const int family = option_of(socket, SO_DOMAIN);
  if (family < 0) refuse("is no socket");
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) refuse("is neither one of TCP nor of Unix");
  if (option_of(socket, SO_TYPE) != SOCK_STREAM) refuse("is no stream socket (ListenStream= of systemd)");
  if (option_of(socket, SO_ACCEPTCONN) != 1) refuse("does not listen (Accept=no of systemd)");
  boost::system::error_code failed;
  // Asio asks only whether there are addresses; a Unix socket is accepted from in the same way.
  acceptor.assign(family == AF_INET6 ? tcp::v6() : tcp::v4(), socket, failed);
  if (failed) refuse("cannot be used: " + failed.message());
  if (family == AF_UNIX) return {unix_address(socket), 0};
  const auto here = acceptor.local_endpoint(failed);
  if (failed) {
    acceptor.release();
    refuse("has no address: " + failed.message());
  }
  return {address_and_port(here.address().to_string(), here.port()), here.port()};
}

}  // namespace

Listening listen(tcp::acceptor& acceptor, const HttpSettings& settings, const HttpHost& host) {
  return host.socket ? listen_on_socket(acceptor, *host.socket) : listen_on_address(acceptor, settings);
}

std::string peer_of(const tcp::socket& socket) {
  boost::system::error_code gone;
  const auto peer = socket.remote_endpoint(gone);
  if (gone) return {};
  return peer.data()->sa_family == AF_UNIX ? "127.0.0.1" : peer.address().to_string();
}

}  // namespace clinic::http
