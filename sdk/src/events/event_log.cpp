#include "events/event_log.hpp"

#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <algorithm>

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

bool EventLog::sequence() {
  return sequencing([&] {
    {
      Transaction look(store_, Access::read);
      if (Repository<Event>(look).count(where(&Event::position).is_null()) == 0) return false;
    }
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
  while (sequence()) {
  }
  Page page;
  Transaction transaction(store_, Access::read);
  page.last = before(transaction, sequence_row);
  page.removed = before(transaction, kept_row);
  // By ranges of positions, since a column that may be empty is no order. Erased events leave gaps.
  for (auto from = after; from < page.last && page.events.size() < static_cast<std::size_t>(most);) {
    const auto until = from + std::max<std::int64_t>(most, events_at_once);
    auto some = Repository<Event>(transaction)
                    .select(Query(where(&Event::position) > from && where(&Event::position) <= until));
    std::sort(some.begin(), some.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
    for (auto& event : some)
      if (page.events.size() < static_cast<std::size_t>(most)) page.events.push_back(std::move(event));
    from = until;
  }
  return page;
}

void EventLog::forget(Timestamp until) {
  // Also where nobody reads: what has a position can be removed, and who comes later is told.
  while (sequence()) {
  }
  std::int64_t highest = 0;
  {
    Transaction transaction(store_, Access::read);
    Repository<Event>(transaction)
        .each(Query(where(&Event::created_at) <= until && where(&Event::position).is_not_null()), [&](Event& event) {
          highest = std::max(highest, *event.position);
          return true;
        });
  }
  if (highest == 0) return;
  sequencing([&] {
    Transaction transaction(store_, Access::write);
    auto block = locked(transaction, kept_row);
    if (block.next_value > highest) return;
    block.next_value = highest + 1;
    Repository<NumberBlock>(transaction).update(block);
    transaction.commit();
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
