#pragma once

#include "base/log.hpp"
#include "crypto/hash_queue.hpp"
#include "crypto/password.hpp"

#include <clinic/configuration.hpp>
#include <clinic/policy.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// Makes and checks password hashes, a bounded number at a time. A burst of logins waits here and leaves processors for
/// other work. Never call it in a transaction. Thread-safe.
class PasswordHasher {
 public:
  PasswordHasher(const Policy& policy, RandomSource random, const Log& log);

  /// All hashes of one call, in one place of the queue. Used by one thread.
  class Work {
   public:
    /// Throws Error(busy) with retry_after_seconds if the call would have to wait too long. Later hashes of the call
    /// are not refused.
    /// `told` hears when the call begins to wait for a hash, and when it has it. It may be empty.
    Work(PasswordHasher& hasher, HashQueue::Line line, std::string caller, const std::function<void(bool)>& told)
        : hasher_(hasher), place_(hasher.queue_, line, std::move(caller)), told_(told) {}

    std::string hash(std::string_view password);
    /// If there is no hash (no such user, an open invitation), does the same work and returns no match.
    PasswordMatch match(std::string_view password, const std::optional<std::string>& hash);
    bool verify(std::string_view password, const std::optional<std::string>& hash) {
      return match(password, hash) != PasswordMatch::none;
    }

   private:
    template <class Hash>
    auto in_turn(Hash hash);

    PasswordHasher& hasher_;
    HashQueue::Place place_;
    const std::function<void(bool)>& told_;
  };

  /// How many calls of a line wait for their turn.
  std::size_t waiting(HashQueue::Line line) const { return queue_.waiting(line); }

  /// Whether a hash has another format or cost than the policy's, so that a login should replace it.
  bool outdated(const std::string& hash) const;

 private:
  std::string prefix_;  ///< the prefix of the policy's hashes, `$2b$12$`
  int cost_;
  RandomSource random_;
  const Log& log_;
  HashQueue queue_;
};

}  // namespace clinic
