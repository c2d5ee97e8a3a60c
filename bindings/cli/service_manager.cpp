#include "service_manager.hpp"

#include <clinic/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace clinic::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : std::string_view();
}

/// Nothing: the text is no number.
std::optional<long> number(std::string_view text) {
  long value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return !text.empty() && read.ec == std::errc{} && read.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<int> socket_of_service_manager() {
  constexpr int first = 3;
  if (number(variable("LISTEN_PID")) != ::getpid()) return std::nullopt;  // meant for another process, or for none
  const auto count = variable("LISTEN_FDS");
  if (count == "0") return std::nullopt;
  if (count != "1")
    throw Error(ErrorCode::configuration_invalid, {},
                {{"LISTEN_FDS", "not_applicable",
                  "The service manager opened " + std::string(count) +
                      " sockets: the server takes one (one ListenStream= in one .socket unit)."}});
  ::fcntl(first, F_SETFD, FD_CLOEXEC);
  return first;
}

bool tell_service_manager(std::string_view state) {
  const auto name = variable("NOTIFY_SOCKET");
  if (name.empty()) return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path || (name.front() != '/' && name.front() != '@')) return false;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';  // an abstract name
  const int to = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (to < 0) return false;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const auto sent = ::sendto(to, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), size);
  ::close(to);
  return sent == static_cast<ssize_t>(state.size());
}

}  // namespace clinic::cli
