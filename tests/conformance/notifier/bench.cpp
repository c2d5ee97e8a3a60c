#include "bench.hpp"

#include "../core/error_check.hpp"
#include "../core/library.hpp"
#include "../core/progress.hpp"

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

int Notifier::send(const clinic_outgoing_message& message) {
  clinic_plugin_error error{};  // of this call: several threads may send
  error.struct_size = sizeof error;
  error.code = -1;
  int code = CLINIC_PLUGIN_OK;
  {
    const Running running("send");
    code = table_.send(notifier_, &message, &error);
  }
  if (const auto misfit = misfit_of("send", code, error); !misfit.empty())
    unmet("an error has the code that is answered, and one line of words", misfit);
  if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_UNAVAILABLE && code != CLINIC_PLUGIN_CONFLICT &&
      code != CLINIC_PLUGIN_BUSY && code != CLINIC_PLUGIN_REFUSED && code != CLINIC_PLUGIN_INTERNAL)
    unmet("send answers OK; UNAVAILABLE, CONFLICT or BUSY to be asked again; REFUSED; or INTERNAL", code_name(code));
  if (code != CLINIC_PLUGIN_OK) error_ = error;
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
