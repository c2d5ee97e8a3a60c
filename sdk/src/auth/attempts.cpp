#include "attempts.hpp"

#include "../core/rerun.hpp"
#include "../core/storage_errors.hpp"
#include "../core/try_again.hpp"

#include <algorithm>

namespace clinic {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// Attempts so old say nothing about one of today.
constexpr auto forgotten_after = hours(24);

/// The first lock, doubled with each attempt beyond the limit.
milliseconds lock_time(const Policy& policy, std::int64_t beyond) {
  const milliseconds first = minutes(policy.attempt_lock_minutes);
  return std::min<milliseconds>(first * (1LL << std::min<std::int64_t>(beyond, 20)), forgotten_after);
}

/// No lock is longer than a day: one that is was made while a clock was wrong.
bool locked(const AttemptCounter& row, Timestamp now) {
  return row.locked_until && *row.locked_until > now && *row.locked_until - now <= forgotten_after;
}

}  // namespace

void Attempts::take(const std::vector<Guarded>& guarded, Timestamp now) const {
  for (RerunBudget budget;;) {
    try {
      return take_once(guarded, now);
    } catch (const StorageError& failure) {
      // Two made the counter at once; or it is unknown whether this one counted: then it counts twice.
      const bool again = violates(failure, "AttemptCounter", "id") || failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN;
      if (again ? !budget.again() : !budget.again(failure)) throw;
    }
  }
}

void Attempts::take_once(const std::vector<Guarded>& guarded, Timestamp now) const {
  Transaction transaction(store_, Access::write);
  Repository<AttemptCounter> counters(transaction);
  std::vector<std::pair<AttemptCounter, bool>> rows;
  for (const auto& each : guarded) {
    auto found = counters.find(id_of(each.what));
    AttemptCounter row = found ? *found : AttemptCounter{};
    if (locked(row, now)) throw try_again_after(ErrorCode::too_many_attempts, *row.locked_until - now);
    if (!found) row.id = id_of(each.what);
    if (now - row.last_attempt_at > forgotten_after) row.attempts = 0;
    ++row.attempts;
    row.last_attempt_at = now;
    // The attempt that reaches the limit is still made; if it is wrong too, the next one finds the lock.
    row.locked_until.reset();
    if (row.attempts >= each.limit) row.locked_until = now + lock_time(policy_, row.attempts - each.limit);
    rows.emplace_back(std::move(row), found.has_value());
  }
  for (auto& [row, there] : rows)
    there ? counters.update(row) : counters.insert(row);
  transaction.commit();
}

std::optional<AttemptCounter> Attempts::look(Transaction& transaction, const std::string& what) const {
  return Repository<AttemptCounter>(transaction).find(id_of(what));
}

void Attempts::take_back(Transaction& transaction, const Guarded& guarded) const {
  auto row = look(transaction, guarded.what);
  if (!row) return;
  if (--row->attempts < guarded.limit) row->locked_until.reset();
  Repository<AttemptCounter>(transaction).update(*row);
}

void Attempts::clear(Transaction& transaction, const std::vector<std::string>& what) const {
  std::vector<std::string> ids;
  for (const auto& each : what)
    ids.push_back(id_of(each));
  // By rows that are there: on MySQL the erasure of one that is not locks the gap in which others would insert theirs.
  Repository<AttemptCounter> counters(transaction);
  for (const auto& row : counters.select(where(&AttemptCounter::id).in(ids)))
    counters.erase(row.id);
}

}  // namespace clinic
