#include "outbox/outbox.hpp"

#include "base/fork_gate.hpp"
#include "base/ids.hpp"
#include "outbox/backoff.hpp"
#include "store/rerun.hpp"

#include <algorithm>
#include <cstring>

namespace clinic {
namespace {

constexpr std::uint64_t ended_at_once = 200;

/// A commit whose outcome is unknown is settled by running again: what was written is found written.
bool settled_by_rerun(const StorageError& failure) { return failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN; }

template <class Body>
auto writing(Store& store, Body body) {
  return rerunning(
      [&] {
        const ForkGate::Work work;
        if (!work) throw StorageError(CLINIC_PLUGIN_UNAVAILABLE, 0, {}, {}, "the process is at its end");
        Transaction transaction(store, Access::write);
        auto result = body(transaction);
        transaction.commit();
        return result;
      },
      settled_by_rerun);
}

/// Of a message that a dispatcher had and has not given back, nobody knows whether it was sent.
void end_unsent(OutboxMessage& message, std::string_view failure) {
  set_status(message, message.status == MessageStatus::sending ? MessageStatus::unknown : MessageStatus::dead);
  message.failure = failure;
}

}  // namespace

void set_status(OutboxMessage& message, MessageStatus status) {
  message.status = status;
  if (ended(status)) message.sealed_secret.reset();
}

double Outbox::random() {
  std::uint32_t bits = 0;
  std::array<std::byte, sizeof bits> bytes;
  random_bytes(bytes);
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return static_cast<double>(bits) / 4294967296.0;
}

std::vector<OutboxMessage> Outbox::take(MessageChannel channel, std::size_t most) {
  for (RerunBudget budget;;) {
    auto due = writing(store_, [&](Transaction& transaction) {
      // Those of the dead first: they have waited for a whole lease, and there may always be others.
      Due some;
      take_in(transaction, channel, MessageStatus::sending, most, some);
      take_in(transaction, channel, MessageStatus::pending, most, some);
      return some;
    });
    if (!due.taken.empty() || !due.found) return std::move(due.taken);
    // All of these were given up, or others were faster: there may be more.
    if (due.lost && !budget.again()) return {};
  }
}

void Outbox::take_in(Transaction& transaction, MessageChannel channel, MessageStatus status, std::size_t most,
                     Due& some) {
  if (some.taken.size() >= most) return;
  const auto now = now_();
  Repository<OutboxMessage> messages(transaction);
  auto due = where(&OutboxMessage::channel) == channel && where(&OutboxMessage::status) == status &&
             where(&OutboxMessage::due_at) <= now;
  const auto left = most - some.taken.size();
  for (auto& message : messages.select(Query(std::move(due)).order_by(&OutboxMessage::due_at).limit(left))) {
    some.found = true;
    // Old messages come back with a restored backup, or wait for the day on which a channel gets its first notifier.
    const bool stale = message.due_at < oldest_due();
    const bool spent = stale || message.attempts >= policy_.message_attempts;
    if (spent) {
      end_unsent(message, stale                                      ? "too_old"
                          : message.status == MessageStatus::sending ? "dispatcher_lost"
                                                                     : "tried_too_often");
    } else {
      set_status(message, MessageStatus::sending);
      message.due_at = now + lease;
      ++message.attempts;
    }
    try {
      messages.update(message);
    } catch (const StorageError& failure) {
      if (failure.code() != CLINIC_PLUGIN_STALE) throw;
      some.lost = true;  // another dispatcher was faster
      continue;
    }
    if (!spent) some.taken.push_back(std::move(message));
  }
}

std::int64_t Outbox::end_old() {
  std::int64_t ended = 0;
  for (const auto channel : detail::Words<MessageChannel>::values)
    for (const auto status : {MessageStatus::pending, MessageStatus::sending})
      for (std::int64_t some = 1; some > 0; ended += some)
        some = end_some(channel, status);
  return ended;
}

std::int64_t Outbox::end_some(MessageChannel channel, MessageStatus status) {
  return writing(store_, [&](Transaction& transaction) {
    Repository<OutboxMessage> messages(transaction);
    auto old = where(&OutboxMessage::channel) == channel && where(&OutboxMessage::status) == status &&
               where(&OutboxMessage::due_at) < oldest_due();
    auto some = messages.select(Query(std::move(old)).order_by(&OutboxMessage::due_at).limit(ended_at_once));
    for (auto& message : some) {
      end_unsent(message, "too_old");
      messages.update(message);
    }
    return static_cast<std::int64_t>(some.size());
  });
}

void Outbox::change(const std::string& id, FunctionRef<bool(OutboxMessage&)> change) {
  writing(store_, [&](Transaction& transaction) {
    Repository<OutboxMessage> messages(transaction);
    auto current = messages.find(id);
    if (current && change(*current)) messages.update(*current);
    return true;
  });
}

void Outbox::give_back(const OutboxMessage& leased, Timestamp due_at) {
  change(leased.id, [&](OutboxMessage& current) {
    if (current.version != leased.version) return false;
    set_status(current, MessageStatus::pending);
    current.due_at = due_at;
    --current.attempts;
    return true;
  });
}

void Outbox::cancel(const OutboxMessage& leased, std::string_view failure) {
  change(leased.id, [&](OutboxMessage& current) {
    if (current.version != leased.version) return false;
    set_status(current, MessageStatus::cancelled);
    current.failure = failure;
    --current.attempts;
    return true;
  });
}

MessageStatus Outbox::finish(const OutboxMessage& leased, const Submission& submission,
                             std::optional<std::int64_t> parts) {
  using enum Submission::Outcome;
  const auto now = now_();
  auto status = MessageStatus::dead;
  change(leased.id, [&](OutboxMessage& current) {
    status = current.status;
    if (submission.outcome == sent) {
      // Also where a receipt came first, or the lease had ended: it was sent.
      current.sent_at = now;
      current.parts = parts;
      if (!submission.gateway_id.empty()) current.gateway_id = submission.gateway_id;
      if (!ended(current.status) || current.status == MessageStatus::unknown) {
        set_status(current, MessageStatus::sent);
        current.failure.reset();
      }
      status = current.status;
      return true;
    }
    if (current.version != leased.version) return false;  // somebody else has it, or a receipt told how it ended
    current.failure = submission.failure;
    current.parts = parts;
    const bool again =
        current.attempts < policy_.message_attempts &&
        (submission.outcome == later ||
         (submission.outcome == unknown && std::find(policy_.resend_unknown.begin(), policy_.resend_unknown.end(),
                                                     current.channel) != policy_.resend_unknown.end()));
    if (again) {
      const auto wait = backoff(current.attempts, std::chrono::seconds(policy_.message_retry_seconds), random());
      set_status(current, MessageStatus::pending);
      current.due_at =
          now + std::clamp<std::chrono::milliseconds>(
                    submission.retry_after, wait, std::max<std::chrono::milliseconds>(wait, std::chrono::hours(24)));
    } else {
      set_status(current, submission.outcome == unknown ? MessageStatus::unknown : MessageStatus::dead);
    }
    status = current.status;
    return true;
  });
  return status;
}

std::int64_t Outbox::due(MessageChannel channel, std::chrono::milliseconds for_at_least) {
  Transaction transaction(store_, Access::read);
  return static_cast<std::int64_t>(Repository<OutboxMessage>(transaction)
                                       .count(where(&OutboxMessage::channel) == channel &&
                                              where(&OutboxMessage::status) == MessageStatus::pending &&
                                              where(&OutboxMessage::due_at) <= now_() - for_at_least));
}

}  // namespace clinic
