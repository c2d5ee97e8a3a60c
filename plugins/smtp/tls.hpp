#pragma once

#include "tcp.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace clinic::smtp {

/// What TLS goes by: version 1.2 or newer, and whose certificates are believed. The server's has to be valid and to
/// name the host. Nothing turns that off: this is OpenSSL's own check, since a host program may tell Poco's to let
/// through whatever it likes. Threads: any number at once.
class TlsContext {
 public:
  /// `ca`: a file of certificates; empty: the system's. Throws plugin::Failure(REFUSED).
  explicit TlsContext(const std::string& ca);
  SSL_CTX* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

/// TLS on a connection. It goes through memory, so that deadlines are kept and a closed connection raises no signal.
class Tls {
 public:
  /// Shakes hands. Throws Lost, and plugin::Failure(UNAVAILABLE), which says what is wrong with a certificate.
  Tls(Tcp& tcp, const TlsContext& context, const std::string& host, Deadline deadline);

  void send(std::string_view bytes, Deadline deadline);
  /// At least one byte, or 0 at the end of the stream. Throws Lost.
  std::size_t receive(char* buffer, std::size_t size, Deadline deadline);
  /// Tells the other side that this was all.
  void end(Deadline deadline);

 private:
  void name(const std::string& host);
  void shake_hands(Deadline deadline);
  void flush(Deadline deadline);
  bool fill(Deadline deadline);

  struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
  };
  Tcp& tcp_;
  std::unique_ptr<SSL, Free> session_;
};

}  // namespace clinic::smtp
