#pragma once

#include "../core/sealer.hpp"
#include "../storage/store.hpp"

#include <clinic/model/records.hpp>
#include <clinic/policy.hpp>

#include <string>
#include <vector>

namespace clinic {

/// One thing that is guessed at, and how often before it is locked.
struct Guarded {
  std::string what;  ///< `account:…`, `address:…`; kept as a keyed hash
  std::int64_t limit;
};

/// Counts attempts at passwords and tokens in the database, for all processes alike (AUTH-6). An attempt is counted
/// before it is made, in a transaction of its own: a hundred at once are a hundred, not one. Thread-safe.
class Attempts {
 public:
  Attempts(Store& store, const Sealer& sealer, const Policy& policy)
      : store_(store), sealer_(sealer), policy_(policy) {}

  /// Counts one attempt at each. Throws Error(too_many_attempts) where one is locked; then nothing is counted.
  void take(const std::vector<Guarded>& guarded, Timestamp now) const;
  /// What the counter stands at: in a transaction, so that a caller may look before it answers.
  std::optional<AttemptCounter> look(Transaction& transaction, const std::string& what) const;
  /// Forgets one attempt alone: it was a right one, but those of others count on.
  void take_back(Transaction& transaction, const Guarded& guarded) const;
  /// Forgets the attempts at all of them, after a success or by an administrator.
  void clear(Transaction& transaction, const std::vector<std::string>& what) const;

 private:
  std::string id_of(const std::string& what) const { return sealer_.keyed_hash("attempts", what); }
  void take_once(const std::vector<Guarded>& guarded, Timestamp now) const;
  Store& store_;
  const Sealer& sealer_;
  const Policy& policy_;
};

}  // namespace clinic
