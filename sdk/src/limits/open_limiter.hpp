#pragma once

#include "base/log.hpp"

#include <clinic/configuration.hpp>
#include <clinic/plugin/limiter.hpp>

#include <functional>
#include <memory>

namespace clinic {

/// Opens the limiter that the configuration names: in this process's memory, or a plugin. `host` and `log` must outlive
/// it. Throws Error: configuration_invalid, plugin_not_found, plugin_refused.
std::unique_ptr<plugin::Limiter> open_limiter(const Configuration& configuration, const clinic_plugin_host& host,
                                              const Log& log, std::function<Timestamp()> now);

}  // namespace clinic
