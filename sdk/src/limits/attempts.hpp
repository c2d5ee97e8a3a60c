#pragma once

#include "base/function_ref.hpp"
#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include "records/records.hpp"
#include <clinic/policy.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// Attempts so old say nothing about one of today. No lock is longer.
constexpr auto attempts_forgotten_after = std::chrono::hours(24);

/// One thing that is guessed at, and how often before it is locked.
struct Guarded {
  std::string what;  ///< `account:…`, `address:…`; kept as a keyed hash
  std::int64_t limit;
};

/// Counts attempts at passwords and tokens in the database, for all processes alike (AUTH-6). An attempt is counted
/// before it is made, in a transaction of its own: a hundred at once are a hundred, not one. The one that reaches the
/// limit locks: at first for as long as nobody knows its outcome, which `locked_until` being null says, then for its
/// time. Thread-safe.
class Attempts {
 public:
  Attempts(Store& store, const Sealer& sealer, const Policy& policy)
      : store_(store), sealer_(sealer), policy_(policy) {}

  /// Counts one attempt at each, makes it, and answers whether it was a right one; after a wrong one that reached a
  /// limit whoever asks is told the whole time. Throws Error(too_many_attempts) where one is locked; then nothing is
  /// counted, and no attempt made.
  bool make(const std::vector<Guarded>& guarded, Timestamp now, FunctionRef<bool()> attempt) const;
  /// What the counter stands at: in a transaction, so that a caller may look before it answers.
  std::optional<AttemptCounter> look(Transaction& transaction, const std::string& what) const;
  /// Forgets one attempt alone: it was a right one, but those of others count on.
  void take_back(Transaction& transaction, const Guarded& guarded) const;
  /// Forgets the attempts at all of them, after a success or by an administrator.
  void clear(Transaction& transaction, const std::vector<std::string>& what) const;

 private:
  std::string id_of(const std::string& what) const { return sealer_.keyed_hash("attempts", what); }
  /// Whether a limit was reached.
  bool take(const std::vector<Guarded>& guarded, Timestamp now) const;
  void lock(const std::vector<Guarded>& guarded) const;
  std::optional<std::chrono::milliseconds> locked_for(const AttemptCounter& row, std::int64_t limit,
                                                      Timestamp now) const;
  Store& store_;
  const Sealer& sealer_;
  const Policy& policy_;
};

}  // namespace clinic
