#include "domains/system/metrics.hpp"

#include "engine/engine.hpp"

#include <algorithm>

namespace clinic {
namespace {

std::int64_t seconds_since(Timestamp then, Timestamp now) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
}

template <class Record>
std::optional<Record> first(Transaction& transaction, Query<Record> query) {
  std::optional<Record> found;
  Repository<Record>(transaction).each(std::move(query).limit(1), [&](Record& row) {
    found = std::move(row);
    return false;
  });
  return found;
}

void count_messages(Transaction& transaction, Timestamp now, SystemMetrics& out) {
  for (const auto channel : detail::Words<MessageChannel>::values) {
    const auto due = [&] {
      return where(&OutboxMessage::channel) == channel && where(&OutboxMessage::status) == MessageStatus::pending &&
             where(&OutboxMessage::due_at) <= now;
    };
    out.messages_due += static_cast<std::int64_t>(Repository<OutboxMessage>(transaction).count(due()));
    if (const auto oldest = first(transaction, Query(due()).order_by(&OutboxMessage::due_at)))
      out.oldest_due_seconds = std::max(out.oldest_due_seconds, seconds_since(oldest->due_at, now));
  }
}

/// The age of the first entry behind the last seal's. Entries that came late stand before it; the next seal has them.
std::int64_t unsealed_seconds(Transaction& transaction, Timestamp now) {
  const auto seal = first(transaction, Query(Criteria<AuditSeal>{}).order_by(&AuditSeal::id, true));
  const auto last = seal ? seal->entry_ids.substr(seal->entry_ids.rfind(',') + 1) : std::string();
  const auto entry = first(transaction, Query(where(&AuditEntry::id) > last).order_by(&AuditEntry::id));
  return entry ? seconds_since(entry->created_at, now) : 0;
}

}  // namespace

SystemMetrics metrics(Call& call, const Nothing&) {
  SystemMetrics out;
  out.hashes_waiting_desk = static_cast<std::int64_t>(call.engine().hasher().waiting(HashQueue::Line::desk));
  out.hashes_waiting_door = static_cast<std::int64_t>(call.engine().hasher().waiting(HashQueue::Line::door));
  call.read([&](Transaction& transaction) {
    const auto now = call.now();
    count_messages(transaction, now, out);
    out.unsealed_seconds = unsealed_seconds(transaction, now);
    return 0;
  });
  return out;
}

}  // namespace clinic
