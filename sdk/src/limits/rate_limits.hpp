#pragma once

#include "crypto/sealer.hpp"
#include "operations/operation.hpp"

#include <clinic/actor.hpp>
#include <clinic/plugin/limiter.hpp>
#include <clinic/policy.hpp>

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace clinic {

/// How often one caller may call what (ACCESS-4). A caller is a user, or for those without one the address that the
/// host names as the call's origin; what the host calls by itself (Actor::system) is not counted. Thread-safe.
class RateLimits {
 public:
  /// Throws Error(configuration_invalid) about a limit whose operation is none.
  RateLimits(const Policy& policy, std::unique_ptr<plugin::Limiter> limiter, const Sealer& sealer);

  /// Counts the call. Throws Error(rate_limited).
  void take(const Actor& actor, const Operation& operation, std::string_view origin) const;

 private:
  std::unique_ptr<plugin::Limiter> limiter_;
  const Sealer& sealer_;
  std::unordered_map<const Operation*, std::vector<RateLimit>> limits_;
};

}  // namespace clinic
