#pragma once

/// \file
/// What a check of a notifier works with.

#include "../core/check.hpp"
#include "../core/recorded_host.hpp"

#include <clinic/plugin/notifier.h>

#include <string>

namespace clinic::conformance {

/// A message that a person might get; a check changes what it is about.
struct Message {
  std::string id = "0190a7c0-0000-7000-8000-000000000001";
  std::string channel = "email";
  std::string recipient = "jane@example.com";
  std::string locale = "en";
  std::string subject = "Your appointment";  ///< email only
  std::string text = "See you tomorrow.";
  std::string html{};  ///< empty: none

  static Message over(const std::string& channel);
  clinic_outgoing_message view() const;
};

/// What `submit` answered: its code, and what it wrote.
struct Submitted {
  int code = CLINIC_PLUGIN_OK;
  clinic_submission submission{};
};

/// An opened notifier.
class Notifier {
 public:
  /// Throws Skipped where no URL was given, Unmet where it does not open.
  explicit Notifier(const Target& target, clinic_log_level level = CLINIC_LOG_INFO);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  /// The code; throws Unmet where it is none that answers `send`, or its error does not fit.
  int send(const Message& message) { return send(message.view()); }
  int send(const clinic_outgoing_message& message);
  /// The same for `submit`, whose outcome may be unknown. Throws Skipped where the plugin has none, Unmet where what it
  /// wrote does not fit its code.
  Submitted submit(const Message& message) { return submit(message.view()); }
  Submitted submit(const clinic_outgoing_message& message);
  /// Throws Skipped where the plugin has none, Unmet where its error does not fit. `found`: how many receipts were in
  /// it.
  int read_receipts(const clinic_receipt_request& request, int& found);
  /// A channel that it serves; throws Unmet where it serves none.
  std::string served_channel();
  int health();
  std::string last_words() const { return error_.message; }
  std::vector<std::string> log() const { return host_.lines(); }

 private:
  void check_error(const char* call, int code, const clinic_plugin_error& error, bool may_be_unknown);

  const clinic_notifier_table& table_;
  RecordedHost host_;
  clinic_notifier* notifier_ = nullptr;
  clinic_plugin_error error_{};
};

const clinic_notifier_table& load_notifier(const Target& target);

}  // namespace clinic::conformance
