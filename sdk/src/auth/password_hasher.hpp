#pragma once

#include "../core/log.hpp"

#include <clinic/configuration.hpp>
#include <clinic/policy.hpp>

#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

namespace clinic {

/// Makes and checks password hashes, a bounded number at a time: a burst of logins waits for its turn here and leaves
/// processors to everything else. Never call it in a transaction. Thread-safe.
class PasswordHasher {
 public:
  PasswordHasher(const Policy& policy, RandomSource random, const Log& log);

  std::string hash(std::string_view password);
  /// Where there is no hash (no such user, an open invitation), does the same work and answers false.
  bool verify(std::string_view password, const std::optional<std::string>& hash);
  /// Whether a hash is of another format or cost than the policy's, so that a login should replace it.
  bool outdated(const std::string& hash) const;

 private:
  std::string prefix_;  ///< of the policy's hashes, `$2b$12$`
  int cost_;
  RandomSource random_;
  const Log& log_;
  std::counting_semaphore<> slots_;
};

}  // namespace clinic
