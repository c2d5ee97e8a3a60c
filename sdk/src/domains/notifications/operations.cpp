#include "domains/notifications/messages.hpp"
#include "domains/people/subjects.hpp"
#include "engine/make_operation.hpp"

namespace clinic {

template <>
std::vector<Operation> rows_of<NotificationService>() {
  using enum ErrorCode;
  constexpr std::string_view resource = "message";
  const RoleSet preference_keepers = RoleSet{Role::admin, Role::receptionist}.with_linked(Role::patient);
  return {
      operation<list_messages>({
          .name = "notifications.list",
          .help = "Messages to patients and users, and what became of them",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/notifications"},
          .audit = "MESSAGES_READ",
          .resource = resource,
          .subject = no_record,
          .errors = {not_found},
      }),
      operation<get_message>({
          .name = "notifications.get",
          .help = "One message, and what became of it",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/notifications/{message}"},
          .audit = "MESSAGE_READ",
          .resource = resource,
          .subject = no_record,
          .errors = {not_found},
      }),
      operation<retry_message>({
          .name = "notifications.retry",
          .help = "Send a message now that waits for a later try, or again one that has ended",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/notifications/{message}/retry"},
          .audit = "MESSAGE_RETRIED",
          .resource = resource,
          .subject = no_record,
          .errors = {not_found, wrong_state},
      }),
      operation<cancel_message>({
          .name = "notifications.cancel",
          .help = "Take back a message that waits",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/notifications/{message}/cancel"},
          .audit = "MESSAGE_CANCELLED",
          .resource = resource,
          .subject = no_record,
          .errors = {not_found, wrong_state},
      }),
      operation<dispatch_messages>({
          .name = "notifications.dispatch",
          .help = "Send the messages that are due",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/notifications/dispatch"},
          .audit = "MESSAGES_DISPATCHED",
          .resource = resource,
          .subject = no_record,
      }),
      operation<preview_message>({
          .name = "notifications.preview",
          .help = "A message in words, with sample values",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/notification-previews/{message_template}"},
          .audit = "MESSAGE_PREVIEWED",
          .resource = resource,
          .subject = no_record,
      }),
      operation<read_receipts>({
          .name = "notifications.receipt",
          .help = "Read a gateway's delivery receipts, which prove by themselves where they come from",
          .effect = Effect::writes,
          .roles = RoleSet::anyone(),
          .http = {"POST", "/notification-receipts/{channel}"},
          .audit = "RECEIPTS_READ",
          .resource = resource,
          .subject = no_record,
      }),
      operation<get_preferences>({
          .name = "notifications.preferences.get",
          .help = "Over which channels a patient wants messages",
          .effect = Effect::reads,
          .roles = preference_keepers,
          .http = {"GET", "/patients/{patient}/message-preferences"},
          .audit = "MESSAGE_PREFERENCES_READ",
          .resource = "patient",
          .subject = patient_named_by<&PatientPreferences::patient>,
          .errors = {not_found},
      }),
      operation<set_preferences>({
          .name = "notifications.preferences.set",
          .help = "Say over which channels a patient wants messages",
          .effect = Effect::writes,
          .roles = preference_keepers,
          .http = {"PUT", "/patients/{patient}/message-preferences"},
          .audit = "MESSAGE_PREFERENCES_SET",
          .resource = "patient",
          .subject = patient_named_by<&SetMessagePreferences::patient>,
          .errors = {not_found},
      }),
  };
}

NotificationService Session::notifications() const { return NotificationService(*this); }

MessagePage NotificationService::list(const ListMessages& request, const CallOptions& options) const {
  return session_.call<MessagePage>("notifications.list", request, options);
}
MessageView NotificationService::get(const MessageKey& request, const CallOptions& options) const {
  return session_.call<MessageView>("notifications.get", request, options);
}
MessageView NotificationService::retry(const MessageKey& request, const CallOptions& options) const {
  return session_.call<MessageView>("notifications.retry", request, options);
}
MessageView NotificationService::cancel(const MessageKey& request, const CallOptions& options) const {
  return session_.call<MessageView>("notifications.cancel", request, options);
}
MessagesDispatched NotificationService::dispatch(const DispatchMessages& request, const CallOptions& options) const {
  return session_.call<MessagesDispatched>("notifications.dispatch", request, options);
}
MessagePreview NotificationService::preview(const PreviewMessage& request, const CallOptions& options) const {
  return session_.call<MessagePreview>("notifications.preview", request, options);
}
ReceiptsRead NotificationService::receipt(const MessageReceipt& request, const CallOptions& options) const {
  return session_.call<ReceiptsRead>("notifications.receipt", request, options);
}
MessagePreferences NotificationService::preferences(const PatientPreferences& request,
                                                    const CallOptions& options) const {
  return session_.call<MessagePreferences>("notifications.preferences.get", request, options);
}
MessagePreferences NotificationService::set_preferences(const SetMessagePreferences& request,
                                                        const CallOptions& options) const {
  return session_.call<MessagePreferences>("notifications.preferences.set", request, options);
}

}  // namespace clinic
