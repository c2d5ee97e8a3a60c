#pragma once

#include "connection.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace clinic::sms {

/// At most so many connections to one server as the URL says, made when they are needed and kept. Thread-safe.
class Pool {
 public:
  /// Throws plugin::Failure(REFUSED) where TLS cannot be set up.
  explicit Pool(const Settings& settings);

  /// Throws what Connection throws, and plugin::Failure(BUSY) where all connections are in use for as long as is
  /// allowed.
  HttpAnswer exchange(const HttpRequest& request);
  /// Connects, and keeps the connection. Throws plugin::Failure: UNAVAILABLE, BUSY.
  void reach();

 private:
  class Turn;

  std::unique_ptr<Connection> connection(const Deadline& deadline);
  void keep(std::unique_ptr<Connection> connection);

  const Settings& settings_;
  Poco::Net::Context::Ptr context_;
  std::mutex mutex_;
  std::condition_variable free_;
  unsigned in_use_ = 0;
  std::vector<std::unique_ptr<Connection>> kept_;
};

}  // namespace clinic::sms
