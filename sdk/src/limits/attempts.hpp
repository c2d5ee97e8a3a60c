#pragma once

#include "base/function_ref.hpp"
#include "crypto/sealer.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/policy.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// Attempts that are older than this are forgotten. No lock is longer.
constexpr auto attempts_forgotten_after = std::chrono::hours(24);

/// One thing that can be guessed at, and the number of attempts before it is locked.
struct Guarded {
  std::string what;  ///< `account:…`, `address:…`; stored as a keyed hash
  std::int64_t limit;
};

/// Counts attempts at passwords and tokens in the database, for all processes together (AUTH-6). An attempt is counted
/// before it is made, in a transaction of its own, so that a hundred at once count as a hundred. The attempt that
/// reaches the limit locks. While its outcome is unknown, `locked_until` is null. After a wrong attempt, the lock has
/// its full time. Thread-safe.
class Attempts {
 public:
  Attempts(Store& store, const Sealer& sealer, const Policy& policy)
      : store_(store), sealer_(sealer), policy_(policy) {}

  /// Counts one attempt at each, makes it, and returns whether it was right. After a wrong attempt that reached a
  /// limit, later callers are told the full time. Throws Error(too_many_attempts) if one is locked; then nothing is
  /// counted, and no attempt is made.
  bool make(const std::vector<Guarded>& guarded, Timestamp now, FunctionRef<bool()> attempt) const;
  /// Reads the counter in the transaction of the caller.
  std::optional<AttemptCounter> look(Transaction& transaction, const std::string& what) const;
  /// Removes one attempt from the count, since it was right. The attempts of others still count.
  void take_back(Transaction& transaction, const Guarded& guarded) const;
  /// Removes all attempts at the given things, after a success or by an administrator.
  void clear(Transaction& transaction, const std::vector<std::string>& what) const;

 private:
  std::string id_of(const std::string& what) const { return sealer_.keyed_hash("attempts", what); }
  /// Counts one attempt at each; returns whether a limit was reached.
  bool take(const std::vector<Guarded>& guarded, Timestamp now) const;
  void lock(const std::vector<Guarded>& guarded) const;
  std::optional<std::chrono::milliseconds> locked_for(const AttemptCounter& row, std::int64_t limit,
                                                      Timestamp now) const;
  Store& store_;
  const Sealer& sealer_;
  const Policy& policy_;
};

}  // namespace clinic
