#include "base/fork_gate.hpp"
#include "base/ids.hpp"
#include "outbox/outbox.hpp"
#include "store/rerun.hpp"
#include "store/storage_errors.hpp"

#include <algorithm>

namespace clinic {
namespace {

/// A receipt moves a message forward only, whatever the order in which receipts come.
bool moves_forward(MessageStatus from) {
  return from == MessageStatus::pending || from == MessageStatus::sending || from == MessageStatus::unknown ||
         from == MessageStatus::sent || from == MessageStatus::dead;
}

/// What the receipts of one message say together. Where each part of an SMS has its own, all of them must have arrived.
Delivery together(const std::vector<DeliveryReceipt>& receipts, std::optional<std::int64_t> parts) {
  const auto count = [&](Delivery delivery) {
    return std::count_if(receipts.begin(), receipts.end(),
                         [&](const auto& receipt) { return receipt.delivery_state == delivery; });
  };
  if (count(Delivery::failed) > 0) return Delivery::failed;
  const bool in_parts = std::any_of(receipts.begin(), receipts.end(), [](const auto& each) { return each.one_part; });
  if (in_parts && !parts) return Delivery::on_its_way;  // it is not known yet how many there are
  return count(Delivery::delivered) >= (in_parts ? *parts : 1) ? Delivery::delivered : Delivery::on_its_way;
}

std::optional<OutboxMessage> message_of(Transaction& transaction, const DeliveryReceipt& receipt) {
  Repository<OutboxMessage> messages(transaction);
  auto found = receipt.message_id ? messages.find(*receipt.message_id)
                                  : messages.first(where(&OutboxMessage::gateway_id) == receipt.gateway_id);
  if (found && found->channel != receipt.channel) found.reset();
  return found;
}

/// Keeps what is told of a message or of a part. A second receipt about the same says nothing unless it tells the end.
DeliveryReceipt kept(Transaction& transaction, DeliveryReceipt receipt) {
  Repository<DeliveryReceipt> receipts(transaction);
  auto before = receipts.first(where(&DeliveryReceipt::gateway_id) == receipt.gateway_id &&
                               where(&DeliveryReceipt::channel) == receipt.channel);
  if (!before) {
    receipts.insert(receipt);
    return receipt;
  }
  if (before->delivery_state == Delivery::on_its_way && receipt.delivery_state != Delivery::on_its_way) {
    before->delivery_state = receipt.delivery_state;
    before->failure = receipt.failure;
    receipts.update(*before);
  }
  return *before;
}

std::vector<DeliveryReceipt> receipts_of(Transaction& transaction, const OutboxMessage& message) {
  auto about = where(&DeliveryReceipt::message_id) == message.id;
  if (message.gateway_id) about = std::move(about) || where(&DeliveryReceipt::gateway_id) == *message.gateway_id;
  return Repository<DeliveryReceipt>(transaction)
      .select(Query(where(&DeliveryReceipt::channel) == message.channel && std::move(about)));
}

void apply(Transaction& transaction, OutboxMessage& message, Timestamp now) {
  if (!moves_forward(message.status)) return;
  // Of receipts that come at once, each sees the others: the second one finds another version and runs again. While a
  // dispatcher has the row, it looks for receipts when it is done.
  if (ended(message.status)) Repository<OutboxMessage>(transaction).update(message);
  const auto receipts = receipts_of(transaction, message);
  const auto delivery = together(receipts, message.parts);
  if (delivery == Delivery::on_its_way) return;
  set_status(message, delivery == Delivery::delivered ? MessageStatus::delivered : MessageStatus::undelivered);
  if (delivery == Delivery::delivered) {
    message.delivered_at = now;
    message.failure.reset();
  } else {
    for (const auto& receipt : receipts)
      if (receipt.delivery_state == Delivery::failed) message.failure = "undelivered " + receipt.failure.value_or("");
  }
  Repository<OutboxMessage>(transaction).update(message);
}

bool again(const StorageError& failure) {
  return failure.code() == CLINIC_PLUGIN_OUTCOME_UNKNOWN ||
         violates(failure, "DeliveryReceipt", "channel,gateway_id") || violates(failure, "DeliveryReceipt", "id");
}

}  // namespace

bool Outbox::receive(DeliveryReceipt receipt) {
  const bool named = receipt.message_id.has_value();
  const auto known = rerunning(
      [&] {
        Transaction transaction(store_, Access::write);
        auto written = receipt;
        written.id = new_id(now_());
        written.created_at = now_();
        const auto stored = kept(transaction, std::move(written));
        auto message = message_of(transaction, stored);
        if (message) apply(transaction, *message, now_());
        transaction.commit();
        return message.has_value();
      },
      again);
  // Its message may have learned the gateway's id meanwhile, and have looked for receipts just before.
  if (!known && !named) apply_early_receipts(receipt.channel, receipt.gateway_id);
  return known;
}

void Outbox::apply_early_receipts(MessageChannel channel, const std::string& gateway_id) {
  rerunning(
      [&] {
        Transaction transaction(store_, Access::write);
        auto message = Repository<OutboxMessage>(transaction).first(where(&OutboxMessage::gateway_id) == gateway_id);
        if (message && message->channel == channel) apply(transaction, *message, now_());
        transaction.commit();
      },
      again);
}

}  // namespace clinic
