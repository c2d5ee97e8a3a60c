#include "domains/system/clean_up.hpp"

#include "engine/engine.hpp"
#include "limits/attempts.hpp"
#include "store/rerun.hpp"

namespace clinic {
namespace {

constexpr std::uint64_t ended_at_once = 200;

template <class Record>
class CleanUp {
 public:
  CleanUp(Call& call, Criteria<Record> ended) : call_(call), ended_(std::move(ended)) {}

  std::int64_t run() {
    std::int64_t removed = 0;
    for (auto ids = ids_behind({}); !ids.empty(); ids = ids_behind(ids.back()))
      removed += remove(ids);
    return removed;
  }

 private:
  /// Read without locks, in one pass through the table, since nothing but the ids has an index that would help.
  std::vector<std::string> ids_behind(const std::string& after) {
    return call_.read([&](Transaction& transaction) { return ids_of(transaction, where(&Record::id) > after); });
  }

  std::vector<std::string> ids_of(Transaction& transaction, Criteria<Record> some) {
    std::vector<std::string> ids;
    Repository<Record>(transaction)
        .each(Query(std::move(some) && ended_).order_by(&Record::id).limit(ended_at_once), [&](Record& row) {
          ids.push_back(std::move(row.id));
          return true;
        });
    return ids;
  }

  /// A transaction of its own, so that nobody waits for long. No unit of work: one audit entry tells of all of them.
  std::int64_t remove(const std::vector<std::string>& ids) {
    return rerunning([&] {
      Transaction transaction(call_.engine().store(), Access::write);
      std::int64_t removed = 0;
      // Only what is still there: on MySQL the erasure of a row that is not locks the gap in which others insert. And
      // only what still has ended: a counter may count again by now.
      for (const auto& id : ids_of(transaction, where(&Record::id).in(ids)))
        removed +=
            static_cast<std::int64_t>(Repository<Record>(transaction).erase_where(where(&Record::id) == id && ended_));
      transaction.commit();
      return removed;
    });
  }

  Call& call_;
  Criteria<Record> ended_;
};

/// Those that clean_up below removes: every record that is not kept for good.
using Cleaned = boost::mp11::mp_list<Event, OutboxMessage, IdempotencyRecord, SingleUseToken, LoginSession,
                                     AttemptCounter, DeliveryReceipt, ContactVerification>;
template <class Record>
using IsKept = boost::mp11::mp_bool<Table<Record>::retention == Retention::permanent>;
static_assert(std::is_same_v<boost::mp11::mp_remove_if<Records, IsKept>, Cleaned>,
              "a record that is not permanent needs a line in clean_up");

template <class Record>
std::int64_t remove_ended(Call& call, Criteria<Record> ended) {
  return CleanUp<Record>(call, std::move(ended)).run();
}

std::string counts_of(const CleanedUp& removed) {
  std::string json;
  write_json(describe<CleanedUp>(), &removed, WriteSecrets::no, json);
  return json;
}

}  // namespace

CleanedUp clean_up(Call& call, const Nothing&) {
  if (auto answered = call.answered<CleanedUp>()) return *answered;
  // By the clock of the host that is furthest behind.
  const auto now = call.now() - std::chrono::seconds(call.policy().clock_skew_seconds);
  CleanedUp removed;
  removed.messages_given_up = call.engine().dispatcher().outbox().end_old();
  removed.attempts_removed = remove_ended(
      call, where(&AttemptCounter::last_attempt_at) < now - attempts_forgotten_after &&
                (where(&AttemptCounter::locked_until).is_null() || where(&AttemptCounter::locked_until) <= now));
  removed.logins_removed = remove_ended(call, where(&LoginSession::expires_at) <= now);
  removed.tokens_removed =
      remove_ended(call, where(&SingleUseToken::expires_at) <= now || where(&SingleUseToken::spent_at).is_not_null());
  removed.tokens_removed += remove_ended(
      call, where(&ContactVerification::expires_at) <= now || where(&ContactVerification::spent_at).is_not_null());
  removed.idempotency_keys_removed = remove_ended(
      call, where(&IdempotencyRecord::created_at) <= now - std::chrono::days(call.policy().idempotency_days));
  const auto messages_until = now - std::chrono::days(call.policy().message_days);
  removed.messages_removed = remove_ended(call, where(&OutboxMessage::created_at) <= messages_until &&
                                                    where(&OutboxMessage::status) != MessageStatus::pending &&
                                                    where(&OutboxMessage::status) != MessageStatus::sending);
  removed.messages_removed += remove_ended(call, where(&DeliveryReceipt::created_at) <= messages_until);
  const auto events_until = now - std::chrono::days(call.policy().event_days);
  removed.events_removed = remove_ended(call, where(&Event::position) <= call.engine().events().forget(events_until));
  return call.write([&](UnitOfWork& work) {
    work.audit({.metadata = counts_of(removed)});
    return removed;
  });
}

}  // namespace clinic
