#pragma once

/// \file
/// The notifiers of an opened clinic: the plugins that its configuration names, and the host's own.

#include "base/function_ref.hpp"
#include "base/log.hpp"

#include <clinic/configuration.hpp>
#include <clinic/plugin/notifier.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// An id or a code of a gateway's, as it is stored and shown: at most so many characters, all of them printable ASCII.
std::string from_gateway(std::string_view text, std::size_t most);

/// How a try to send ended.
struct Submission {
  enum class Outcome : std::uint8_t {
    sent,     ///< the gateway took it
    later,    ///< it was not sent, and may be tried again
    unknown,  ///< it may have arrived
    refused   ///< it will never be sent
  };
  Outcome outcome = Outcome::later;
  std::string gateway_id{};
  std::string failure{};  ///< a word and the gateway's code: `refused 550`
  std::chrono::seconds retry_after{0};
};

/// One opened notifier, which serves one channel. Thread-safe.
class Notifier {
 public:
  /// Opens the notifier of a plugin. `table` is complete and outlives it, as does `host`. Throws
  /// Error(configuration_invalid, plugin_refused, unavailable).
  Notifier(NotifierSettings settings, const clinic_notifier_table& table, const clinic_plugin_host& host,
           const Log& log);
  /// Uses a notifier that the host has opened, and closes it only after own().
  Notifier(const HostNotifier& notifier, const Log& log);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  MessageChannel channel() const { return settings_.channel; }
  const NotifierSettings& settings() const { return settings_; }
  Submission submit(const clinic_outgoing_message& message) const;
  bool serves_channel() const;
  bool reads_receipts() const { return table_.read_receipts != nullptr; }
  /// Throws Error(forbidden) for a call that is not the gateway's.
  void read_receipts(const clinic_receipt_request& request, FunctionRef<void(const clinic_receipt&)> found) const;
  /// Why messages could not be sent now, in the plugin's words; empty if they could.
  std::string unhealthy() const;
  /// From here on the destructor closes the notifier. Until the clinic is open, one that the host has opened stays the
  /// host's.
  void own() { owned_ = true; }

 private:
  NotifierSettings settings_;
  clinic_notifier_table table_;
  clinic_notifier* notifier_ = nullptr;
  bool owned_ = true;
  const Log& log_;
};

using Notifiers = std::vector<std::unique_ptr<Notifier>>;

/// At most one notifier for each channel; the host's own comes before a plugin. Throws Error: configuration_invalid,
/// plugin_not_found, plugin_refused, unavailable.
Notifiers open_notifiers(const Configuration& configuration, const std::vector<HostNotifier>& own,
                         const clinic_plugin_host& host, const Log& log);

/// The notifier of that channel, or null.
const Notifier* notifier_for(const Notifiers& notifiers, MessageChannel channel);

}  // namespace clinic
