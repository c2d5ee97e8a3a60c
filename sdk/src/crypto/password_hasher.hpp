#pragma once

#include "base/log.hpp"
#include "crypto/hash_queue.hpp"
#include "crypto/password.hpp"

#include <clinic/configuration.hpp>
#include <clinic/policy.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// Makes and checks password hashes, a bounded number at a time: a burst of logins waits for its turn here and leaves
/// processors to everything else. Never call it in a transaction. Thread-safe.
class PasswordHasher {
 public:
  PasswordHasher(const Policy& policy, RandomSource random, const Log& log);

  /// What one call hashes, in one place of the queue. For one thread.
  class Work {
   public:
    /// Throws Error(busy) with retry_after_seconds, where it would have to wait too long: the only refusal.
    Work(PasswordHasher& hasher, HashQueue::Line line, std::string caller)
        : hasher_(hasher), place_(hasher.queue_, line, std::move(caller)) {}

    std::string hash(std::string_view password);
    /// Where there is no hash (no such user, an open invitation), does the same work and answers that there is no
    /// match.
    PasswordMatch match(std::string_view password, const std::optional<std::string>& hash);
    bool verify(std::string_view password, const std::optional<std::string>& hash) {
      return match(password, hash) != PasswordMatch::none;
    }

   private:
    PasswordHasher& hasher_;
    HashQueue::Place place_;
  };

  /// Whether a hash is of another format or cost than the policy's, so that a login should replace it.
  bool outdated(const std::string& hash) const;

 private:
  std::string prefix_;  ///< of the policy's hashes, `$2b$12$`
  int cost_;
  RandomSource random_;
  const Log& log_;
  HashQueue queue_;
};

}  // namespace clinic
