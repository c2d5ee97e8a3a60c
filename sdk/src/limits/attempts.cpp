#include "limits/attempts.hpp"

#include "base/try_again.hpp"
#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <algorithm>

namespace clinic {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// How long an attempt may take until its outcome is known. If it takes longer than this, and longer than the longest
/// wait for a turn to hash, its process has died.
constexpr seconds in_flight_for(10);

/// The end of the lock: the first lock's time, doubled with each attempt beyond the limit.
Timestamp lock_end(const Policy& policy, const AttemptCounter& row, std::int64_t limit) {
  const auto beyond = std::min<std::int64_t>(row.attempts - limit, 20);
  const milliseconds first = minutes(policy.attempt_lock_minutes);
  return row.last_attempt_at + std::min<milliseconds>(first * (1LL << beyond), attempts_forgotten_after);
}

/// Two calls created the counter at once, or it is unknown whether this attempt was counted. Then it may count twice.
bool counts_again(const StorageError& failure) {
  return violates(failure, "AttemptCounter", "id") || failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN;
}

}  // namespace

std::optional<milliseconds> Attempts::locked_for(const AttemptCounter& row, std::int64_t limit, Timestamp now) const {
  const bool outcome_unknown = !row.locked_until && row.attempts >= limit;
  if (!row.locked_until && !outcome_unknown) return std::nullopt;
  const auto left = (outcome_unknown ? lock_end(policy_, row, limit) : *row.locked_until) - now;
  // No lock is longer than a day. A longer one was made while a clock was wrong.
  if (left <= milliseconds(0) || left > attempts_forgotten_after) return std::nullopt;
  // Another attempt is in progress. If it is right, this caller may try again soon.
  if (outcome_unknown && now - row.last_attempt_at < std::max(in_flight_for, seconds(policy_.hash_wait_seconds)))
    return std::min<milliseconds>(left, seconds(1));
  return left;
}

bool Attempts::make(const std::vector<Guarded>& guarded, Timestamp now, FunctionRef<bool()> attempt) const {
  const bool limit_reached = rerunning([&] { return take(guarded, now); }, counts_again);
  const bool right = attempt();
  if (!right && limit_reached) rerunning([&] { lock(guarded); }, counts_again);
  return right;
}

void Attempts::lock(const std::vector<Guarded>& guarded) const {
  Transaction transaction(store_, Access::write);
  Repository<AttemptCounter> counters(transaction);
  for (const auto& each : guarded) {
    auto row = counters.find(id_of(each.what));
    if (!row || row->locked_until || row->attempts < each.limit) continue;
    row->locked_until = lock_end(policy_, *row, each.limit);
    counters.update(*row);
  }
  transaction.commit();
}

bool Attempts::take(const std::vector<Guarded>& guarded, Timestamp now) const {
  Transaction transaction(store_, Access::write);
  Repository<AttemptCounter> counters(transaction);
  std::vector<std::pair<AttemptCounter, bool>> rows;
  bool limit_reached = false;
  for (const auto& each : guarded) {
    auto found = counters.find(id_of(each.what));
    AttemptCounter row = found ? *found : AttemptCounter{};
    if (const auto wait = locked_for(row, each.limit, now)) throw try_again_after(ErrorCode::too_many_attempts, *wait);
    if (!found) row.id = id_of(each.what);
    if (now - row.last_attempt_at > attempts_forgotten_after) row.attempts = 0;
    ++row.attempts;
    row.last_attempt_at = now;
    // The attempt that reaches the limit is still made. The next one finds the lock.
    row.locked_until.reset();
    if (row.attempts >= each.limit) limit_reached = true;
    rows.emplace_back(std::move(row), found.has_value());
  }
  for (auto& [row, there] : rows)
    there ? counters.update(row) : counters.insert(row);
  transaction.commit();
  return limit_reached;
}

std::optional<AttemptCounter> Attempts::look(Transaction& transaction, const std::string& what) const {
  return Repository<AttemptCounter>(transaction).find(id_of(what));
}

void Attempts::take_back(Transaction& transaction, const Guarded& guarded) const {
  auto row = look(transaction, guarded.what);
  if (!row) return;
  if (--row->attempts < guarded.limit)
    row->locked_until.reset();
  else if (!row->locked_until)
    row->locked_until = row->last_attempt_at;  // the earlier lock had ended before this attempt
  Repository<AttemptCounter>(transaction).update(*row);
}

void Attempts::clear(Transaction& transaction, const std::vector<std::string>& what) const {
  std::vector<std::string> ids;
  for (const auto& each : what)
    ids.push_back(id_of(each));
  // Erase existing rows only: on MySQL, erasing a missing row locks the gap in which others would insert theirs.
  Repository<AttemptCounter> counters(transaction);
  for (const auto& row : counters.select(where(&AttemptCounter::id).in(ids)))
    counters.erase(row.id);
}

}  // namespace clinic
