#pragma once

#include "message.hpp"
#include "router.hpp"

#include <clinic/session.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::http {

/// What is answered beside operations.
enum class Probe { none, page, health, ready, metrics };

/// One request on its way to its answer.
struct Exchange {
  Request request;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  std::string id{};      ///< the client's X-Request-Id or trace id, or one of our own
  std::string client{};  ///< the client's address
  bool secure = false;   ///< whether the client came by TLS

  std::string page{};  ///< the path of what is beside operations
  Probe probe = Probe::none;
  const Place* place = nullptr;                                   ///< the operation that it means; null: none
  std::vector<std::string> path{};                                ///< the parameters of its path, decoded
  std::vector<std::pair<std::string, std::string>> query{};       ///< decoded
  std::vector<std::pair<std::string, std::string>> in_headers{};  ///< fields that headers say: a version, a token
  std::optional<RateLimitLeft> rate_limit{};                      ///< that counted the call
  std::optional<ErrorCode> error{};                               ///< that it was answered with
};

}  // namespace clinic::http
