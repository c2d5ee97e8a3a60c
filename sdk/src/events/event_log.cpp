#include "events/event_log.hpp"

#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <algorithm>
#include <iterator>

namespace clinic {
namespace {

/// Rows of `number_blocks`: the next position, and the first one that is kept.
constexpr std::string_view sequence_row = "clinic.events", kept_row = "clinic.events.kept";
constexpr std::uint64_t events_at_once = 500;

/// Locks the row, makes it where it is missing, and answers it.
NumberBlock locked(Transaction& transaction, std::string_view id) {
  Repository<NumberBlock> blocks(transaction);
  if (!blocks.touch(id)) {
    NumberBlock made;
    made.id = id;
    blocks.insert(made);
    return made;
  }
  return *blocks.find(id);
}

std::int64_t before(Transaction& transaction, std::string_view id) {
  const auto block = Repository<NumberBlock>(transaction).find(id);
  return block ? block->next_value - 1 : 0;
}

/// Two may make the row at once: then the second one finds it.
template <class Body>
auto sequencing(Body body) {
  return rerunning(body, [](const StorageError& failure) {
    return failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN || violates(failure, "NumberBlock", "id");
  });
}

}  // namespace

bool EventLog::any_waiting() {
  Transaction transaction(store_, Access::read);
  return Repository<Event>(transaction).first(where(&Event::position).is_null()).has_value();
}

void EventLog::sequence() {
  if (!any_waiting()) return;
  while (sequence_some()) {
  }
}

bool EventLog::sequence_some() {
  return sequencing([&] {
    Transaction transaction(store_, Access::write);
    auto block = locked(transaction, sequence_row);
    Repository<Event> events(transaction);
    auto waiting = events.select(Query(where(&Event::position).is_null()).order_by(&Event::id).limit(events_at_once));
    if (waiting.empty()) return false;
    // Events are written once and never updated, so they are taken out and put back, all at once.
    std::vector<std::string> ids;
    for (auto& event : waiting) {
      event.position = block.next_value++;
      ids.push_back(event.id);
    }
    if (events.erase_where(where(&Event::id).in(ids)) != waiting.size())
      throw StorageError(CLINIC_PLUGIN_CONFLICT, 0, "Event", {}, "events were erased meanwhile");
    events.insert_many(waiting);
    Repository<NumberBlock>(transaction).update(block);
    transaction.commit();
    return waiting.size() == events_at_once;
  });
}

EventLog::Page EventLog::read(std::int64_t after, std::int64_t most) {
  sequence();
  auto page = read_given(after, most);
  // A node of a cluster may not have seen yet what another one has given: only the lock tells.
  if (after > page.newest && after <= newest_by_lock()) page = read_given(after, most);
  return page;
}

EventLog::Page EventLog::read_given(std::int64_t after, std::int64_t most) {
  Page page;
  Transaction transaction(store_, Access::read);
  page.newest = before(transaction, sequence_row);
  page.removed = before(transaction, kept_row);
  page.behind = after == 0 ? page.removed : after;  // what is before that may be erased just now
  Repository<Event> events(transaction);
  // By ranges of positions, since a column that may be empty is no order. Events that are gone leave gaps.
  auto last = page.behind;
  for (auto left = most; left > 0; left = most - static_cast<std::int64_t>(page.events.size())) {
    const auto first = events.smallest(&Event::position, where(&Event::position) > last);
    if (!first) break;
    last = *first + left - 1;
    auto some = events.select(Query(where(&Event::position) >= *first && where(&Event::position) <= last));
    std::sort(some.begin(), some.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
    std::move(some.begin(), some.end(), std::back_inserter(page.events));
  }
  return page;
}

std::int64_t EventLog::newest_by_lock() {
  return sequencing([&] {
    Transaction transaction(store_, Access::write);
    const auto newest = locked(transaction, sequence_row).next_value - 1;
    transaction.commit();
    return newest;
  });
}

std::int64_t EventLog::restored(Transaction& transaction, Timestamp now) {
  // Positions that were given after the backup are not known. Since 1970 there were more microseconds than events.
  Repository<NumberBlock> blocks(transaction);
  const auto blocks_before = blocks.count();
  auto sequence = locked(transaction, sequence_row), kept = locked(transaction, kept_row);
  sequence.next_value = std::max<std::int64_t>(
      sequence.next_value, std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count());
  kept.next_value = sequence.next_value;
  blocks.update(sequence);
  blocks.update(kept);
  return static_cast<std::int64_t>(blocks.count() - blocks_before);
}

std::int64_t EventLog::forget(Timestamp until) {
  sequence();  // also where nobody reads: what has a position can be removed, and who comes later is told
  return sequencing([&] {
    Transaction transaction(store_, Access::write);
    auto kept = locked(transaction, kept_row);
    const auto first = Repository<Event>(transaction).smallest(&Event::position, where(&Event::created_at) > until);
    const auto last_removed = (first ? *first : before(transaction, sequence_row) + 1) - 1;
    if (kept.next_value <= last_removed) {
      kept.next_value = last_removed + 1;
      Repository<NumberBlock>(transaction).update(kept);
      transaction.commit();
    }
    return last_removed;
  });
}

void EventLog::written() {
  {
    const std::lock_guard lock(mutex_);
    ++writes_;
  }
  changed_.notify_all();
}

std::uint64_t EventLog::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

void EventLog::wait(std::uint64_t seen, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return writes_ != seen; });
}

}  // namespace clinic
