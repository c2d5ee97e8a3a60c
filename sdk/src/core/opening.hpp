#pragma once

/// \file
/// What opening a clinic and looking at its schema have in common.

#include "../plugins/loader.hpp"
#include "../storage/function_ref.hpp"
#include "../storage/store.hpp"
#include "log.hpp"

#include <clinic/configuration.hpp>

namespace clinic {

/// The plugin that the configuration's storage URL names.
LoadedPlugin load_storage_plugin(const Configuration& configuration);

/// What a plugin may use of the host; `log` outlives it.
clinic_plugin_host plugin_host(const Log& log);

/// Runs a part of opening, again where somebody who migrates was in the way, with a plugin's failures in the caller's
/// words. Opening speaks of the configuration, so the plugin's own words may be shown: they hold no record's values.
void while_opening(FunctionRef<void()> part);

/// Throws schema_newer.
void refuse_newer(const clinic_schema_status& status);

}  // namespace clinic
