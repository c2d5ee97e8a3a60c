#pragma once

#include "address.hpp"

#include <Poco/ObjectPool.h>
#include <Poco/Redis/Array.h>
#include <Poco/Redis/Client.h>
#include <Poco/Redis/Type.h>

#include <exception>
#include <string>
#include <string_view>

namespace clinic::redis {

/// What the server was asked for when it answered with an error.
enum class Step { password, database, work };

/// An error that the server answered; the connection goes on.
class ServerError : public std::exception {
 public:
  ServerError(const std::string& message, Step step);
  /// `NOSCRIPT`, `NOAUTH`, `READONLY`: the rest of the text may hold anything.
  const std::string& word() const noexcept { return word_; }
  /// Whether it is the URL or the account that is wrong, which time does not mend.
  bool lasting() const noexcept { return !advice_.empty(); }
  /// The word, and what is likely wrong.
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string word_;
  std::string_view advice_;
  std::string what_;
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
