#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace clinic::redis {

/// `redis://[user:password@]host[:port][/database][?timeout=milliseconds&prefix=text]`
struct Address {
  std::string host = "127.0.0.1";
  unsigned short port = 6379;
  std::string user{}, password{};
  unsigned database = 0;
  std::chrono::milliseconds timeout{500};  ///< of connecting, and of an answer
  std::string prefix = "clinic:limit:";    ///< of the keys

  /// Throws plugin::Failure(REFUSED), which names what is wrong and never shows the password.
  static Address parse(std::string_view url);
};

}  // namespace clinic::redis
