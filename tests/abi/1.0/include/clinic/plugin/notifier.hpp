#pragma once

/// \file
/// Notifier plugins in C++: derive from clinic::plugin::Notifier, and write one line.
///
///     class Pager : public clinic::plugin::Notifier {
///      public:
///       Pager(clinic::plugin::Host host, std::string_view url);
///       void send(const clinic_outgoing_message& message) override;
///     };
///     CLINIC_NOTIFIER_PLUGIN(Pager, "pager", "1.0.0", "MIT");

#include <clinic/plugin/notifier.h>
#include <clinic/plugin/plugin.hpp>

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
  virtual void send(const clinic_outgoing_message& message) = 0;
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

  static constexpr clinic_notifier_table table = {sizeof(clinic_notifier_table), open, close, send, health};
};

}  // namespace detail
}  // namespace plugin
}  // namespace clinic

/// Makes the library a notifier plugin. The class is constructed from (Host, std::string_view url).
#define CLINIC_NOTIFIER_PLUGIN(Class, name, version, licence)                                                      \
  CLINIC_EXPORT_PLUGIN(CLINIC_PLUGIN_NOTIFIER, clinic::plugin::detail::NotifierTable<Class>::table, name, version, \
                       licence)
