#pragma once

/// \file
/// Notifier plugins in C++: derive from clinic::plugin::Notifier, and write one line.
///
///     class Pager : public clinic::plugin::Notifier {
///      public:
///       Pager(clinic::plugin::Host host, std::string_view url);
///       void submit(const clinic_outgoing_message& message, clinic_submission& submission) override;
///     };
///     CLINIC_NOTIFIER_PLUGIN(Pager, "pager", "1.0.0", "MIT");

#include <clinic/plugin/notifier.h>
#include <clinic/plugin/plugin.hpp>

#include <functional>
#include <memory>

namespace clinic {
namespace [[gnu::visibility("hidden")]] plugin {

/// One opened notifier. Functions report failure by throwing Failure.
class [[gnu::visibility("default")]] Notifier {
 public:
  Notifier() = default;
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  virtual ~Notifier() = default;

  /// Hands the message over. Threads: any number at once. Throw `unavailable` or `busy` to be asked again later,
  /// `refused` when trying again is of no use.
  virtual void send(const clinic_outgoing_message& message) {
    clinic_submission submission{};
    submission.struct_size = sizeof submission;
    submit(message, submission);
  }
  /// The same, and tells what the gateway answered. Throw `outcome_unknown` where the message may have arrived. One of
  /// the two is to be overridden.
  virtual void submit(const clinic_outgoing_message& message, clinic_submission&) { send(message); }
  /// Passes each receipt in the gateway's call to `found`. Throw `refused` where the call is not authentic. Threads:
  /// any number at once.
  virtual void read_receipts(const clinic_receipt_request&, const std::function<void(const clinic_receipt&)>&) {
    throw Failure::refused("this notifier reads no receipts");
  }
  /// Whether it can send over that channel, `email` or `sms`.
  virtual bool serves(std::string_view) const noexcept { return true; }
  /// Returns when messages could be sent now. Threads: any number at once.
  virtual void health() {}
};

namespace detail {

template <class Implementation>
struct NotifierTable {
  static Notifier& from(clinic_notifier* handle) { return *reinterpret_cast<Notifier*>(handle); }

  static int open(const clinic_plugin_host* host, const char* url, clinic_notifier** out, clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(host, log), "clinic_plugin_host");
      std::unique_ptr<Notifier> made = std::make_unique<Implementation>(Host(*host), text(url));
      *out = reinterpret_cast<clinic_notifier*>(made.release());
      return CLINIC_PLUGIN_OK;
    });
  }
  static void close(clinic_notifier* notifier) { delete &from(notifier); }
  static int send(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(message, html), "clinic_outgoing_message");
      from(notifier).send(*message);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int health(clinic_notifier* notifier, clinic_plugin_error* error) {
    return guard(error, [&] {
      from(notifier).health();
      return CLINIC_PLUGIN_OK;
    });
  }

  static int submit(clinic_notifier* notifier, const clinic_outgoing_message* message, clinic_submission* submission,
                    clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(message, sms_parts), "clinic_outgoing_message");
      require(CLINIC_PLUGIN_HAS(submission, gateway_id), "clinic_submission");
      from(notifier).submit(*message, *submission);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int read_receipts(clinic_notifier* notifier, const clinic_receipt_request* request, void* context,
                           void (*found)(void*, const clinic_receipt*), clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(request, body_size), "clinic_receipt_request");
      from(notifier).read_receipts(*request, [&](const clinic_receipt& receipt) { found(context, &receipt); });
      return CLINIC_PLUGIN_OK;
    });
  }

  static int serves(clinic_notifier* notifier, const char* channel) { return from(notifier).serves(text(channel)); }

  static constexpr clinic_notifier_table table = {
      sizeof(clinic_notifier_table), open, close, send, health, submit, read_receipts, serves};
};

}  // namespace detail
}  // namespace plugin
}  // namespace clinic

/// Makes the library a notifier plugin. The class is constructed from (Host, std::string_view url).
#define CLINIC_NOTIFIER_PLUGIN(Class, name, version, licence)                                                      \
  CLINIC_EXPORT_PLUGIN(CLINIC_PLUGIN_NOTIFIER, clinic::plugin::detail::NotifierTable<Class>::table, name, version, \
                       licence)
