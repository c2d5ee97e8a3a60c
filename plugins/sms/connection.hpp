#pragma once

#include "answer.hpp"
#include "request.hpp"
#include "settings.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <chrono>
#include <string>
#include <string_view>

#include <unistd.h>

namespace clinic::sms {

/// A point in time by which all steps of a call have to be done.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : end_(std::chrono::steady_clock::now() + from_now) {}
  /// What is left of it. Throws Poco::TimeoutException where it has passed.
  Poco::Timespan left() const;
  std::chrono::steady_clock::time_point end() const { return end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

/// TLS 1.2 or newer, with a certificate that a known authority gave to this very host. Null for plain HTTP. Throws
/// plugin::Failure(REFUSED) where the file of authorities cannot be used.
Poco::Net::Context::Ptr tls_context(const Server& server);

/// A connection to the gateway's server, for one request after another.
class Connection {
 public:
  /// Connects: to each of the host's addresses in turn, until one answers. Throws plugin::Failure(UNAVAILABLE).
  Connection(const Server& server, const Poco::Net::Context::Ptr& context, const Deadline& deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Whether another request may be written: the server has not closed it, and it is not so old that something on the
  /// way may have forgotten it.
  bool usable() const;

  /// Throws plugin::Failure: UNAVAILABLE where the request was not wholly written, so that nobody can have acted on it;
  /// OUTCOME_UNKNOWN where it was, and no answer can be told from what came.
  HttpAnswer exchange(const Server& server, const HttpRequest& request, const Deadline& deadline);

 private:
  void write(std::string_view bytes, const Deadline& deadline);
  HttpAnswer read(const Deadline& deadline);

  Poco::Net::StreamSocket socket_;
  pid_t process_ = ::getpid();
  bool keeps_alive_ = true;
  std::chrono::steady_clock::time_point last_use_ = std::chrono::steady_clock::now();
};

}  // namespace clinic::sms
