#pragma once

/// \file
/// The clinic over HTTP, for hosts that embed the server. `clinic serve` is such a host.
///
/// ```cpp
/// clinic::HttpServer server(clinic, {.port = 8080});
/// ```

#include <clinic/open.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// What a host provides to its server. Every member may stay empty. The functions are called from any thread.
struct HttpHost {
  /// Judges the header `Authorization` of a request before the server does: who calls, or nothing where the host does
  /// not know. For logins of the host's own. What it throws refuses the request as not authenticated.
  std::function<std::optional<Actor>(std::string_view authorization)> authenticate;
  /// Receives a line of JSON for each answered request. It has no personal data: the route in place of the path, and no
  /// address. It runs on the thread of all connections: it must neither throw nor wait.
  std::function<void(std::string_view line)> access_log;
  /// A stream socket of TCP or Unix that listens already, as a service manager opens it. The server listens on it in
  /// place of HttpSettings::host and port, and closes it; where the constructor throws, it is the caller's as before.
  /// What comes by a Unix socket comes from 127.0.0.1.
  std::optional<int> socket{};
};

/// A server that answers while it exists. Thread-safe. HTTP/1.1 (RFC 9112), with TLS where the settings name a
/// certificate.
class CLINIC_API HttpServer {
 public:
  /// Throws what the constructor would throw about the settings, as far as that can be known without a clinic and
  /// without listening: for a host that would otherwise make or migrate a database first.
  static void check(const HttpSettings& settings);

  /// Listens, and answers from threads of its own. Throws Error(configuration_invalid) with the path of a setting that
  /// is wrong, and where the address cannot be listened on.
  HttpServer(Clinic clinic, HttpSettings settings, HttpHost host = {});
  /// Stops.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port on which it listens: where the setting is 0, the one that it was given. 0: a Unix socket.
  std::uint16_t port() const noexcept;
  /// `http://127.0.0.1:8080`, `unix:/run/clinic.sock`
  std::string address() const;

  /// Takes no more connections, answers what has begun for at most HttpSettings::stop_seconds, and returns.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace clinic
