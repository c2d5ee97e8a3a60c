#include "support/recording_notifier.hpp"

#include <cstdio>
#include <cstring>

namespace clinic::test {
namespace {

int fail(clinic_plugin_error* error, int code) {
  error->code = code;
  std::snprintf(error->message, sizeof error->message, "the test's notifier answers %d", code);
  return code;
}

RecordingNotifier& from(clinic_notifier* notifier) { return *reinterpret_cast<RecordingNotifier*>(notifier); }
std::string text(const char* from_c) { return from_c ? from_c : ""; }

}  // namespace

HostNotifier RecordingNotifier::serving(MessageChannel channel) {
  static const clinic_notifier_table table{sizeof table,
                                           [](const clinic_plugin_host*, const char*, clinic_notifier**,
                                              clinic_plugin_error*) -> int { return CLINIC_PLUGIN_REFUSED; },
                                           [](clinic_notifier* notifier) { ++from(notifier).closed_; },
                                           [](clinic_notifier*, const clinic_outgoing_message*,
                                              clinic_plugin_error*) -> int { return CLINIC_PLUGIN_REFUSED; },
                                           nullptr,
                                           submit,
                                           read_receipts,
                                           nullptr};
  return {channel, &table, reinterpret_cast<clinic_notifier*>(this)};
}

std::vector<SentMessage> RecordingNotifier::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

int RecordingNotifier::submit(clinic_notifier* notifier, const clinic_outgoing_message* message,
                              clinic_submission* submission, clinic_plugin_error* error) {
  auto& self = from(notifier);
  const SentMessage sent{text(message->id),     text(message->channel),          text(message->recipient),
                         text(message->locale), text(message->subject),          text(message->text),
                         text(message->html),   text(message->message_template), text(message->data),
                         message->sms_parts,    text(message->recipient_name)};
  const int code = self.answer ? self.answer(sent, *submission) : CLINIC_PLUGIN_OK;
  {
    const std::lock_guard lock(self.mutex_);
    self.sent_.push_back(sent);
  }
  return code == CLINIC_PLUGIN_OK ? code : fail(error, code);
}

/// A body of lines `<message id or -> <gateway id or -> delivered|failed|on_its_way [part]`.
int RecordingNotifier::read_receipts(clinic_notifier*, const clinic_receipt_request* request, void* context,
                                     void (*found)(void* context, const clinic_receipt* receipt),
                                     clinic_plugin_error* error) {
  char id[100], gateway_id[100], state[20], part[10] = "";
  const int read = std::sscanf(request->body, "%99s %99s %19s %9s", id, gateway_id, state, part);
  if (read < 3) return fail(error, CLINIC_PLUGIN_REFUSED);
  clinic_receipt receipt{};
  receipt.struct_size = sizeof receipt;
  receipt.message_id = std::strcmp(id, "-") == 0 ? nullptr : id;
  receipt.gateway_id = std::strcmp(gateway_id, "-") == 0 ? nullptr : gateway_id;
  receipt.reason = "30008";
  receipt.delivery = std::strcmp(state, "delivered") == 0 ? CLINIC_DELIVERY_DELIVERED
                     : std::strcmp(state, "failed") == 0  ? CLINIC_DELIVERY_FAILED
                                                          : CLINIC_DELIVERY_ON_ITS_WAY;
  receipt.one_part = std::strcmp(part, "part") == 0;
  found(context, &receipt);
  return CLINIC_PLUGIN_OK;
}

}  // namespace clinic::test
