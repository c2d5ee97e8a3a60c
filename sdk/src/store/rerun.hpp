#pragma once

#include "store/store.hpp"

#include <chrono>
#include <thread>

namespace clinic {

/// When a transaction that failed is run again (STORE-3): for how long, and with which pauses.
class RerunBudget {
 public:
  /// Pauses, and answers true; or false when the failure is of no passing kind or the budget is spent.
  bool again(const StorageError& failure);
  /// The same for a rerun that the body itself asked for.
  bool again();

 private:
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  int runs_ = 0;
};

/// A serialization failure, a deadlock, or a row that somebody else changed: nothing is wrong with the call. A lock
/// time-out is none: it was waited for already.
bool passing(const StorageError& failure);

/// Runs `body`, a transaction, again as long as the budget allows: after a passing failure, and after one that `also`
/// says is passing for this body.
template <class Body, class Also>
auto rerunning(Body body, Also also) {
  for (RerunBudget budget;;) {
    try {
      return body();
    } catch (const StorageError& failure) {
      if (also(failure) ? !budget.again() : !budget.again(failure)) throw;
    }
  }
}
template <class Body>
auto rerunning(Body body) {
  return rerunning(body, [](const StorageError&) { return false; });
}

}  // namespace clinic
