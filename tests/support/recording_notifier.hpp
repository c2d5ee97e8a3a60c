#pragma once

#include <clinic/configuration.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace clinic::test {

/// A message as a notifier got it.
struct SentMessage {
  std::string id, channel, recipient, locale, subject, text, html, message_template, data;
  std::uint32_t sms_parts = 0;
  std::string recipient_name{};
};

/// A notifier of the host's own that keeps what it is given. It lives longer than the clinic.
class RecordingNotifier {
 public:
  HostNotifier serving(MessageChannel channel);

  /// What a try answers: a clinic_plugin_code. Any number of threads may ask at once. Default: OK.
  std::function<int(const SentMessage&, clinic_submission&)> answer;

  std::vector<SentMessage> sent() const;
  std::size_t count() const { return sent().size(); }
  /// How often a clinic has closed it.
  int closed() const { return closed_; }

 private:
  static int submit(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_submission* submission,
                    clinic_plugin_error* error);
  static int read_receipts(clinic_notifier* notifier, const clinic_receipt_request* request, void* context,
                           void (*found)(void* context, const clinic_receipt* receipt), clinic_plugin_error* error);
  mutable std::mutex mutex_;
  std::vector<SentMessage> sent_;
  std::atomic<int> closed_ = 0;
};

}  // namespace clinic::test
