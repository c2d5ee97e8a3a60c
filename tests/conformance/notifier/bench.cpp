#include "bench.hpp"

#include "../core/error_check.hpp"
#include "../core/library.hpp"
#include "../core/progress.hpp"

#include <clinic/plugin/plugin.hpp>

#include <cstring>

namespace clinic::conformance {

Message Message::over(const std::string& channel) {
  Message message;
  message.channel = channel;
  if (channel == "sms") {
    message.recipient = "+4915112345678";
    message.subject.clear();
  }
  return message;
}

clinic_outgoing_message Message::view() const {
  return {sizeof(clinic_outgoing_message),
          id.c_str(),
          channel.c_str(),
          recipient.c_str(),
          locale.c_str(),
          channel == "email" ? subject.c_str() : nullptr,
          text.c_str(),
          html.empty() ? nullptr : html.c_str(),
          nullptr,
          "reminder",
          "{}",
          1764374400000,  // 2025-11-29
          channel == "sms" ? std::uint32_t{CLINIC_SMS_GSM7} : 0,
          channel == "sms" ? 1u : 0u};
}

const clinic_notifier_table& load_notifier(const Target& target) {
  return *static_cast<const clinic_notifier_table*>(load_library(target).table());
}

Notifier::Notifier(const Target& target, clinic_log_level level) : table_(load_notifier(target)), host_(level) {
  if (!target.url) throw Skipped{"no URL was given"};
  error_.struct_size = sizeof error_;
  const Running running("open");
  const int code = table_.open(&host_.view(), target.url->c_str(), &notifier_, &error_);
  if (code != CLINIC_PLUGIN_OK) unmet("open answers OK", code_name(code) + ": " + error_.message);
}

Notifier::~Notifier() {
  const Running running("close");
  if (notifier_ != nullptr) table_.close(notifier_);
}

namespace {

clinic_plugin_error error_to_fill() {  // of one call: several threads may send
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  error.code = -1;
  return error;
}

}  // namespace

void Notifier::check_error(const char* call, int code, const clinic_plugin_error& error, bool may_be_unknown) {
  if (const auto misfit = misfit_of(call, code, error); !misfit.empty())
    unmet("an error has the code that is answered, and one line of words", misfit);
  const bool known = code == CLINIC_PLUGIN_OK || code == CLINIC_PLUGIN_UNAVAILABLE || code == CLINIC_PLUGIN_CONFLICT ||
                     code == CLINIC_PLUGIN_BUSY || code == CLINIC_PLUGIN_REFUSED || code == CLINIC_PLUGIN_INTERNAL;
  if (!known && !(may_be_unknown && code == CLINIC_PLUGIN_OUTCOME_UNKNOWN))
    unmet(std::string(call) + " answers OK; UNAVAILABLE, CONFLICT or BUSY to be asked again; REFUSED; " +
              (may_be_unknown ? "OUTCOME_UNKNOWN; " : "") + "or INTERNAL",
          code_name(code));
  if (code != CLINIC_PLUGIN_OK) error_ = error;
}

int Notifier::send(const clinic_outgoing_message& message) {
  auto error = error_to_fill();
  int code = CLINIC_PLUGIN_OK;
  {
    const Running running("send");
    code = table_.send(notifier_, &message, &error);
  }
  check_error("send", code, error, false);
  return code;
}

Submitted Notifier::submit(const clinic_outgoing_message& message) {
  if (!CLINIC_PLUGIN_HAS(&table_, submit) || table_.submit == nullptr)
    throw Skipped{"submit is optional, and the plugin has none"};
  auto error = error_to_fill();
  Longer<clinic_submission> submission;  // of a later host: what it has more is not the plugin's
  int code = CLINIC_PLUGIN_OK;
  {
    const Running running("submit");
    code = table_.submit(notifier_, &message, &submission.today, &error);
  }
  check_error("submit", code, error, true);
  const auto& written = submission.today;
  for (const auto byte : submission.later)
    if (byte != 0xEE) unmet("nothing is written behind the members that the plugin knows", "a byte was changed");
  if (std::memchr(written.gateway_id, '\0', sizeof written.gateway_id) == nullptr)
    unmet("gateway_id ends with a zero", "it does not");
  if (code != CLINIC_PLUGIN_OK && written.gateway_id[0] != '\0')
    unmet("only a message that was handed over has a gateway_id", code_name(code) + " and a gateway_id");
  return {code, written};
}

int Notifier::read_receipts(const clinic_receipt_request& request, int& found) {
  if (!CLINIC_PLUGIN_HAS(&table_, read_receipts) || table_.read_receipts == nullptr)
    throw Skipped{"read_receipts is optional, and the plugin has none"};
  auto error = error_to_fill();
  int code = CLINIC_PLUGIN_OK;
  {
    const Running running("read_receipts");
    code = table_.read_receipts(
        notifier_, &request, &found, [](void* context, const clinic_receipt*) { ++*static_cast<int*>(context); },
        &error);
  }
  check_error("read_receipts", code, error, false);
  return code;
}

std::string Notifier::served_channel() {
  for (const char* channel : {"email", "sms"})
    if (send(Message::over(channel)) == CLINIC_PLUGIN_OK) return channel;
  unmet("a message by email or SMS is handed over", last_words());
}

int Notifier::health() {
  const Running running("health");
  return table_.health(notifier_, &error_);
}

}  // namespace clinic::conformance
