#include "limits/rate_limits.hpp"

#include "base/try_again.hpp"
#include "limits/memory_limiter.hpp"
#include "meta/json.hpp"
#include "operations/table.hpp"

#include <clinic/error.hpp>
#include <clinic/text.hpp>

#include <optional>
#include <string>

namespace clinic {
namespace {

/// Whether the pattern, `*`, `auth.*` or `auth.login`, covers the operation.
bool covers(std::string_view pattern, std::string_view operation) {
  if (!pattern.ends_with('*')) return pattern == operation;
  pattern.remove_suffix(1);
  return (pattern.empty() || pattern.ends_with('.')) && operation.starts_with(pattern);
}

[[noreturn]] void refuse_limit(std::size_t index, std::string_view pattern) {
  std::vector<std::string_view> names;
  for (const auto& operation : operation_table())
    names.push_back(operation.name);
  const auto meant = suggestion(pattern, names);
  throw Error(ErrorCode::configuration_invalid, {},
              {{"policy.rate_limits[" + std::to_string(index) + "].operation", "unknown_word",
                "There is no such operation" +
                    (meant.empty() ? std::string(".") : "; did you mean " + std::string(meant) + "?")}});
}

/// The caller that is counted. Empty if callers cannot be told apart, or if the host itself makes the call.
std::optional<std::string> caller(const Actor& actor, std::string_view origin) {
  if (actor.id()) return "user\n" + *actor.id();
  if (actor.unrestricted() || actor.role() || origin.empty()) return std::nullopt;
  return "origin\n" + std::string(origin);
}

/// The key of a limit. A limit with other numbers has a count of its own.
std::string key_of(const RateLimit& limit) {
  return limit.operation + ':' + std::to_string(limit.calls) + '/' + std::to_string(limit.seconds) + ':';
}

RateLimitLeft left_of(const RateLimit& limit, const plugin::Limiter::Answer& answer) {
  using std::chrono::seconds;
  auto until = std::chrono::ceil<seconds>(answer.allowed ? answer.whole_after : answer.retry_after);
  if (answer.allowed && until.count() == 0) until = seconds(limit.seconds);  // an older limiter does not tell
  return {limit.calls, static_cast<std::int64_t>(answer.remaining), until};
}

/// Whether fewer calls are left of the first limit, or as many for longer.
bool nearer(const RateLimitLeft& one, const RateLimitLeft& other) {
  return one.remaining != other.remaining ? one.remaining < other.remaining : one.resets_after > other.resets_after;
}

}  // namespace

RateLimits::RateLimits(const Policy& policy, std::unique_ptr<plugin::Limiter> limiter, const Sealer& sealer)
    : limiter_(std::move(limiter)),
      shared_(dynamic_cast<const MemoryLimiter*>(limiter_.get()) == nullptr),
      sealer_(sealer) {
  for (std::size_t i = 0; i < policy.rate_limits.size(); ++i) {
    const auto& limit = policy.rate_limits[i];
    bool known = false;
    for (const auto& operation : operation_table())
      if (covers(limit.operation, operation.name)) {
        limits_[&operation].push_back(limit);
        known = true;
      }
    if (!known) refuse_limit(i, limit.operation);
  }
}

void RateLimits::take(const Actor& actor, const Operation& operation, const CallOptions& options) const {
  const auto limits = limits_.find(&operation);
  if (limits == limits_.end()) return;
  const auto who = caller(actor, options.origin);
  if (!who) return;
  // A keyed hash, so that a person who can read the limiter's memory learns no address.
  const auto hash = sealer_.keyed_hash("rate limit", *who);
  std::optional<RateLimitLeft> nearest;
  for (const auto& limit : limits->second) {
    const auto answer = limiter_->take(key_of(limit) + hash, static_cast<std::uint64_t>(limit.calls),
                                       std::chrono::seconds(limit.seconds), 1);
    const auto left = left_of(limit, answer);
    if (!answer.allowed) {
      if (options.rate_limit) options.rate_limit(left);
      throw try_again_after(ErrorCode::rate_limited, answer.retry_after);
    }
    if (!nearest || nearer(left, *nearest)) nearest = left;
  }
  if (options.rate_limit) options.rate_limit(*nearest);
}

std::chrono::milliseconds RateLimits::take_message(std::string_view channel, std::int64_t per_second) const {
  const auto answer = limiter_->take("messages:" + std::string(channel) + '/' + std::to_string(per_second),
                                     static_cast<std::uint64_t>(per_second), std::chrono::seconds(1), 1);
  return answer.allowed ? std::chrono::milliseconds(0) : std::max(answer.retry_after, std::chrono::milliseconds(1));
}

}  // namespace clinic
