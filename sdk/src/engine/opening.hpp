#pragma once

/// \file
/// What opening a clinic and looking at its schema have in common.

#include "base/function_ref.hpp"
#include "base/log.hpp"
#include "plugins/loader.hpp"
#include "store/store.hpp"

#include <clinic/configuration.hpp>

namespace clinic {

/// The configuration, or Error(configuration_invalid) with what the data dictionary says against it.
Configuration checked(Configuration configuration);

/// With the system's clock and OpenSSL's random bytes where the host lends none.
Environment with_defaults(Environment environment);

/// The plugin that the configuration's storage URL names.
LoadedPlugin load_storage_plugin(const Configuration& configuration);

/// What a plugin may use of the host; `log` outlives it.
clinic_plugin_host plugin_host(const Log& log);

/// Runs a part of opening, again where somebody who migrates was in the way, with a plugin's failures in the caller's
/// words. Opening speaks of the configuration, so the plugin's own words may be shown: they hold no record's values.
void while_opening(FunctionRef<void()> part);

/// Opens the store that the configuration names, without a clinic, for as long as `use` runs, and as a part of opening:
/// `use` may be run again.
void with_store(const Configuration& configuration, const Log& log, FunctionRef<void(Store&)> use);

/// Throws schema_newer.
void refuse_newer(const clinic_schema_status& status);

}  // namespace clinic
