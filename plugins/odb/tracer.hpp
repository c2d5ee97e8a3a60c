#pragma once

#include <clinic/plugin/plugin.h>

#include <driver.hpp>

#include <cstring>
#include <string>

namespace clinic::mapping {
namespace {

/// Sends the text of every statement that runs to the host's log. The text holds no values: they are parameters.
class Tracer : public Driver::TracerBase {
 public:
  explicit Tracer(const clinic_plugin_host& host) : host_(host) {}

  /// Worth being set: a tracer that is not set costs nothing.
  bool wanted() const { return host_.log && host_.log_level <= CLINIC_LOG_TRACE; }

  void execute(Driver::Connection&, const char* statement) override {
    host_.log(host_.context, CLINIC_LOG_TRACE, statement, std::strlen(statement));
  }

 private:
  const clinic_plugin_host& host_;
};

}  // namespace
}  // namespace clinic::mapping
