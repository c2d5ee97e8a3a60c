#pragma once

/// \file
/// The rows of messages on their way out. Dispatchers of many processes share them: a row is leased to one of them at a
/// time (NOTE-1).

#include "crypto/sealer.hpp"
#include "outbox/notifiers.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/policy.hpp>

#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace clinic {

/// Thread-safe. Functions throw StorageError.
class Outbox {
 public:
  Outbox(Store& store, const Policy& policy, std::function<Timestamp()> now)
      : store_(store), policy_(policy), now_(std::move(now)) {}

  /// How long a dispatcher has a row. A notifier answers within a minute, so that one that lives never loses a row that
  /// it is sending.
  static constexpr std::chrono::minutes lease{5};
  /// What must be left of a lease before a send begins.
  static constexpr std::chrono::minutes longest_send{2};

  /// Leases messages that are due: first those whose dispatcher has died, then the longest due. A message that was
  /// tried as often as is allowed ends instead: `dead`, or `unknown` where its dispatcher has died.
  std::vector<OutboxMessage> take(MessageChannel channel, std::size_t most);
  /// Whether the lease lasts long enough to send.
  bool lasts(const OutboxMessage& leased) const { return leased.due_at - now_() > longest_send; }
  /// Not tried after all: due at that time, and the try is not counted.
  void give_back(const OutboxMessage& leased, Timestamp due_at);
  /// Not sent on purpose.
  void cancel(const OutboxMessage& leased, std::string_view failure);
  /// Records how the try ended, which may be after a receipt told more. Answers what became of the message.
  MessageStatus finish(const OutboxMessage& leased, const Submission& submission, std::optional<std::int64_t> parts);
  /// Gives up what nobody has sent for `message_hours`, also over channels that have no notifier, so that no secret
  /// stays. Answers how many they were.
  std::int64_t end_old();
  /// How many messages of the channel wait and have been due for that long.
  std::int64_t due(MessageChannel channel, std::chrono::milliseconds for_at_least = {});

  /// Keeps a receipt and moves its message forward, if the message is known. Answers whether it is.
  bool receive(DeliveryReceipt receipt);
  /// Applies receipts that came before the row knew the gateway's id.
  void apply_early_receipts(MessageChannel channel, const std::string& gateway_id);

 private:
  /// What a look for due messages found, and what of it was leased.
  struct Due {
    std::vector<OutboxMessage> taken;
    bool found = false, lost = false;
  };
  /// Adds to `some`, until that has `most`.
  void take_in(Transaction& transaction, MessageChannel channel, MessageStatus status, std::size_t most, Due& some);
  /// Changes the row as it is now, if `change` answers true.
  void change(const std::string& id, FunctionRef<bool(OutboxMessage& current)> change);
  std::int64_t end_some(MessageChannel channel, MessageStatus status);
  double random();
  Timestamp oldest_due() const { return now_() - std::chrono::hours(policy_.message_hours); }

  Store& store_;
  const Policy& policy_;
  std::function<Timestamp()> now_;
};

/// Whether nothing more happens to a message by itself.
constexpr bool ended(MessageStatus status) {
  return status != MessageStatus::pending && status != MessageStatus::sending;
}

/// Gives the message that state. What is secret in it goes with its end (NOTE-5).
void set_status(OutboxMessage& message, MessageStatus status);

}  // namespace clinic
