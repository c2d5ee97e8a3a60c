#pragma once

#include "address.hpp"

#include <Poco/ObjectPool.h>
#include <Poco/Redis/Array.h>
#include <Poco/Redis/Client.h>
#include <Poco/Redis/Type.h>

namespace clinic::redis {

/// An error that the server answered; the connection goes on.
class ServerError : public std::exception {
 public:
  explicit ServerError(const std::string& message) : word_(message.substr(0, message.find(' '))) {}
  /// `NOSCRIPT`, `NOAUTH`, `READONLY`: the rest of the text may hold anything.
  const std::string& word() const noexcept { return word_; }
  const char* what() const noexcept override { return word_.c_str(); }

 private:
  std::string word_;
};

/// Connections to one server, made when they are needed and kept. Thread-safe.
class Connections {
 public:
  explicit Connections(Address address);

  /// Sends a command and answers its reply. A kept connection that turns out to be broken, as all are after the server
  /// was restarted, is made anew once. Throws ServerError, and plugin::Failure: UNAVAILABLE, BUSY.
  Poco::Redis::RedisType::Ptr call(const Poco::Redis::Array& command);

 private:
  using Client = Poco::Redis::Client;
  class Borrowed;

  void connect(Client& client) const;

  Address address_;
  Poco::ObjectPool<Client, Client::Ptr> pool_;
};

}  // namespace clinic::redis
