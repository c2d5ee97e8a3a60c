#include "domains/notifications/messages.hpp"

#include "domains/people/people.hpp"
#include "engine/engine.hpp"
#include "engine/page.hpp"
#include "messages/sms_length.hpp"
#include "outbox/outbox.hpp"

namespace clinic {
namespace {

MessageView view_of(OutboxMessage message) {
  return {.id = std::move(message.id),
          .channel = message.channel,
          .message_template = std::move(message.message_template),
          .locale = std::move(message.locale),
          .recipient = std::move(message.recipient),
          .status = message.status,
          .attempts = message.attempts,
          .due_at = ended(message.status) ? std::nullopt : std::optional(message.due_at),
          .sent_at = message.sent_at,
          .delivered_at = message.delivered_at,
          .failure = std::move(message.failure),
          .gateway_id = std::move(message.gateway_id),
          .parts = message.parts,
          .patient_id = std::move(message.patient_id),
          .user_id = std::move(message.user_id),
          .created_at = message.created_at};
}

OutboxMessage find_message(Transaction& transaction, const std::string& id) {
  auto found = Repository<OutboxMessage>(transaction).find(id);
  if (!found) throw Error(ErrorCode::not_found, {}, {{"message", "not_found", "There is no such message."}});
  return *std::move(found);
}

Error wrong_state(const OutboxMessage& message, const std::string& sentence) {
  return Error(ErrorCode::wrong_state, sentence + " Its status is " + std::string(word(message.status)) + ".");
}

/// Changes a message on purpose.
template <class Change>
MessageView changed(Call& call, const MessageKey& request, Change change) {
  return call.write([&](UnitOfWork& work) {
    auto message = find_message(work.transaction(), request.message);
    change(work, message);
    work.of<OutboxMessage>().update(message);
    work.audit({.resource_id = message.id, .patient_id = message.patient_id});
    return view_of(std::move(message));
  });
}

}  // namespace

MessagePage list_messages(Call&, Transaction& transaction, const ListMessages& request) {
  Criteria<OutboxMessage> criteria;
  if (request.status) criteria = std::move(criteria) && where(&OutboxMessage::status) == *request.status;
  if (request.channel) criteria = std::move(criteria) && where(&OutboxMessage::channel) == *request.channel;
  if (request.patient)
    criteria =
        std::move(criteria) && where(&OutboxMessage::patient_id) == find_patient(transaction, *request.patient).id;
  return page_of<MessagePage>(transaction, std::move(criteria), request.after, request.limit, request.newest_first,
                              view_of);
}

MessageView get_message(Call&, Transaction& transaction, const MessageKey& request) {
  return view_of(find_message(transaction, request.message));
}

MessageView retry_message(Call& call, const MessageKey& request) {
  auto waits = changed(call, request, [](UnitOfWork& work, OutboxMessage& message) {
    if (message.status == MessageStatus::sending) throw wrong_state(message, "The message is on its way.");
    const auto* kind = find_message_kind(message.message_template);
    if (ended(message.status) && (!kind || kind->secret()))
      throw wrong_state(message, "The message's secret is wiped; ask for a new link or password instead.");
    set_status(message, MessageStatus::pending);
    message.attempts = 0;
    message.due_at = work.now();
    // What was told of the send before says nothing of this one.
    work.of<DeliveryReceipt>().erase_where(where(&DeliveryReceipt::message_id) == message.id);
    if (message.gateway_id)
      work.of<DeliveryReceipt>().erase_where(where(&DeliveryReceipt::gateway_id) == *message.gateway_id);
    message.gateway_id.reset();
    message.parts.reset();
    message.sent_at.reset();
    message.delivered_at.reset();
    message.failure.reset();
  });
  call.engine().messages_written();
  return waits;
}

MessageView cancel_message(Call& call, const MessageKey& request) {
  return changed(call, request, [](UnitOfWork&, OutboxMessage& message) {
    if (message.status != MessageStatus::pending)
      throw wrong_state(message, "Only a message that waits is taken back.");
    set_status(message, MessageStatus::cancelled);
    message.failure = "cancelled";
  });
}

MessagesDispatched dispatch_messages(Call& call, const DispatchMessages& request) {
  if (auto answered = call.answered<MessagesDispatched>()) return *answered;
  MessagesDispatched result;
  const auto limit = request.limit;
  auto left = limit;
  auto& dispatcher = call.engine().dispatcher();
  for (const auto channel : detail::Words<MessageChannel>::values) {
    if (request.channel && *request.channel != channel) continue;
    if (left > 0) {
      const auto done = dispatcher.dispatch(channel, {}, left);
      left -= done.sent + done.later + done.unknown + done.dead + done.cancelled;
      result.sent += done.sent;
      result.later += done.later;
      result.unknown += done.unknown;
      result.dead += done.dead;
      result.cancelled += done.cancelled;
    }
    result.waiting += dispatcher.outbox().due(channel);
  }
  if (left == limit) return result;  // nothing was taken up, as most of the times that somebody looks
  return call.write([&](UnitOfWork& work) {
    work.audit({.metadata = json_object({{"sent", result.sent},
                                         {"later", result.later},
                                         {"unknown", result.unknown},
                                         {"dead", result.dead},
                                         {"cancelled", result.cancelled}})});
    return result;
  });
}

MessagePreview preview_message(Call& call, const PreviewMessage& request) {
  const auto* kind = find_message_kind(request.message_template);
  if (!kind)
    throw Error(ErrorCode::validation_failed, {},
                {{"message_template", "unknown_word", "There is no message of this name."}});
  if (!kind->goes_by(request.channel))
    throw Error(ErrorCode::validation_failed, {},
                {{"channel", "not_applicable", "This message does not go over this channel."}});
  auto rendered = call.engine().templates().preview(
      request.message_template, request.channel, request.locale.value_or(call.policy().locale), request.shared_phone);
  MessagePreview preview;
  preview.locale = rendered.locale;
  preview.subject = rendered.subject;
  preview.html = rendered.html;
  preview.right_to_left = rendered.direction == TextDirection::right_to_left;
  if (request.channel == MessageChannel::sms) preview.parts = sms_length(rendered.text).parts;
  preview.body = rendered.text;
  return preview;
}

}  // namespace clinic
