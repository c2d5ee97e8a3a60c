#pragma once

#include <clinic/plugin/plugin.hpp>

#include <driver.hpp>

namespace clinic::mapping {
namespace {

/// Sends the text of every statement that runs to the host's log. The text holds no values: they are parameters.
class Tracer : public Driver::TracerBase {
 public:
  explicit Tracer(plugin::Host host) : host_(host) {}

  /// Whether the host wants to see statements. Where it does not, ODB gets no tracer, which costs nothing.
  bool wanted() const { return host_.listens(CLINIC_LOG_TRACE); }

  void execute(Driver::Connection&, const char* statement) override { host_.log(CLINIC_LOG_TRACE, statement); }

 private:
  const plugin::Host host_;
};

}  // namespace
}  // namespace clinic::mapping
