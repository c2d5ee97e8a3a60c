#pragma once

/// \file
/// Finds, checks and loads plugins. Deny by default: whatever does not fit is refused, and the refusal says what was
/// expected, what was found, and where was looked.

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

/// A plugin that passed every check. A view that may be copied: library, manifest and table live as long as the
/// process, since what a plugin has once started (threads, thread-locals, at-exit functions) does not survive its
/// unloading.
struct LoadedPlugin {
  const clinic_plugin_manifest* manifest = nullptr;
  std::filesystem::path path{};  ///< as it was found
  const void* table = nullptr;   ///< complete; of the manifest's kind
};

/// The plugin of that kind (CLINIC_PLUGIN_STORAGE, …) and name: the explicit path if there is one, or else the first
/// file `clinic_<name>.so` in the search folders. A file that is there and does not fit is refused, not skipped.
/// Threads: any. Throws Error: plugin_not_found (with every path tried, in order), plugin_refused.
LoadedPlugin load_plugin(const PluginPaths& paths, std::string_view kind, std::string_view name);

/// Complete tables, see complete(). Throw Error(plugin_refused) for a plugin of another kind.
const clinic_storage_table& storage_table(const LoadedPlugin& plugin);
const clinic_notifier_table& notifier_table(const LoadedPlugin& plugin);
const clinic_limiter_table& limiter_table(const LoadedPlugin& plugin);

/// The explicit path, if any, then every `clinic_*.so` in the search folders. Never throws for a bad file.
std::vector<PluginReport> list_plugins(const PluginPaths& paths);

}  // namespace clinic
