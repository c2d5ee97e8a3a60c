#pragma once

/// \file
/// Finds, checks and loads plugins. Deny by default: a plugin that does not fit is refused, and the refusal says what
/// was expected, what was found, and which places were searched.

#include "plugins/search.hpp"

#include <clinic/plugin/limiter.h>
#include <clinic/plugin/notifier.h>
#include <clinic/plugin/storage.h>
#include <clinic/plugins.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// A plugin that passed every check. It is a view that may be copied. Library, manifest and table live as long as the
/// process, since threads, thread-locals and at-exit functions of a plugin do not survive its unloading.
struct LoadedPlugin {
  const clinic_plugin_manifest* manifest = nullptr;
  std::filesystem::path path{};  ///< the path at which it was found
  const void* table = nullptr;   ///< the complete table for the manifest's kind
};

/// Loads the plugin of that kind (CLINIC_PLUGIN_STORAGE, …) and name: from the explicit path if there is one, else the
/// first file `clinic_<name>.so` in the search folders. A file that exists and does not fit is refused, not skipped.
/// Threads: any. Throws Error: plugin_not_found (with every path tried, in order), plugin_refused.
LoadedPlugin load_plugin(const PluginPaths& paths, std::string_view kind, std::string_view name);

/// Complete tables, see complete(). Throw Error(plugin_refused) for a plugin of another kind.
const clinic_storage_table& storage_table(const LoadedPlugin& plugin);
const clinic_notifier_table& notifier_table(const LoadedPlugin& plugin);
const clinic_limiter_table& limiter_table(const LoadedPlugin& plugin);

/// Lists the explicit path, if there is one, then every `clinic_*.so` in the search folders. Never throws for a bad
/// file.
std::vector<PluginReport> list_plugins(const PluginPaths& paths);

}  // namespace clinic
