#include "domains/system/metrics.hpp"

#include "audit/seals.hpp"
#include "engine/engine.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {
namespace {

std::int64_t seconds_since(Timestamp then, Timestamp now) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
}

/// For how long the message has been due that has been so longest.
std::int64_t oldest_due_seconds(Transaction& transaction, MessageChannel channel, Timestamp now) {
  const auto oldest =
      Repository<OutboxMessage>(transaction)
          .select(Query(where(&OutboxMessage::channel) == channel &&
                        where(&OutboxMessage::status) == MessageStatus::pending && where(&OutboxMessage::due_at) <= now)
                      .order_by(&OutboxMessage::due_at)
                      .limit(1));
  return oldest.empty() ? 0 : seconds_since(oldest.front().due_at, now);
}

/// The age of the first entry behind the last seal's. Entries that came late stand before it; the next seal has them.
std::int64_t unsealed_seconds(Transaction& transaction, Timestamp now) {
  const auto newest =
      Repository<AuditSeal>(transaction).select(Query(Criteria<AuditSeal>{}).order_by(&AuditSeal::id, true).limit(1));
  const auto sealed = newest.empty() ? std::vector<std::string_view>() : entries_of(newest.front());
  const std::string last(sealed.empty() ? std::string_view() : sealed.back());
  const auto entry = Repository<AuditEntry>(transaction).first(where(&AuditEntry::id) > last);
  return entry ? seconds_since(entry->created_at, now) : 0;
}

}  // namespace

SystemMetrics metrics(Call& call, const Nothing&) {
  SystemMetrics out;
  out.hashes_waiting_desk = static_cast<std::int64_t>(call.engine().hasher().waiting(HashQueue::Line::desk));
  out.hashes_waiting_door = static_cast<std::int64_t>(call.engine().hasher().waiting(HashQueue::Line::door));
  for (const auto channel : detail::Words<MessageChannel>::values)
    out.messages_due += call.engine().dispatcher().outbox().due(channel);
  call.read([&](Transaction& transaction) {
    const auto now = call.now();
    for (const auto channel : detail::Words<MessageChannel>::values)
      out.oldest_due_seconds = std::max(out.oldest_due_seconds, oldest_due_seconds(transaction, channel, now));
    out.unsealed_seconds = unsealed_seconds(transaction, now);
    return 0;
  });
  return out;
}

}  // namespace clinic
