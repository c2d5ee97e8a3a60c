#pragma once

#include "crypto/sealer.hpp"
#include "operations/operation.hpp"

#include <clinic/actor.hpp>
#include <clinic/plugin/limiter.hpp>
#include <clinic/policy.hpp>
#include <clinic/session.hpp>

#include <chrono>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace clinic {

/// Limits how often one caller may call an operation (ACCESS-4). A caller is a user, or, without a user, the address
/// that the host names as the call's origin. Calls of the host itself (Actor::system) are not counted. Thread-safe.
class RateLimits {
 public:
  /// Throws Error(configuration_invalid) for a limit whose operation does not exist.
  RateLimits(const Policy& policy, std::unique_ptr<plugin::Limiter> limiter, const Sealer& sealer);

  /// Whether a call of the operation may wait for what counts it: a server beside this process.
  bool may_wait(const Operation& operation) const { return shared_ && limits_.contains(&operation); }
  /// Counts the call by its origin, and tells it what remains. Throws Error(rate_limited).
  void take(const Actor& actor, const Operation& operation, const CallOptions& options) const;
  /// Counts a message over a channel, of which `per_second` may go out. Answers how long to wait first; zero: none.
  std::chrono::milliseconds take_message(std::string_view channel, std::int64_t per_second) const;

 private:
  std::unique_ptr<plugin::Limiter> limiter_;
  const bool shared_;  ///< with other processes
  const Sealer& sealer_;
  std::unordered_map<const Operation*, std::vector<RateLimit>> limits_;
};

}  // namespace clinic
