#pragma once

/// \file
/// One plugin file, opened and checked as far as that can be done without knowing what it is wanted for.

#include <clinic/configuration.hpp>
#include <clinic/plugin/plugin.h>

#include <filesystem>
#include <span>

namespace clinic {

/// Lives as long as the process.
struct PluginLibrary {
  const clinic_plugin_manifest* manifest = nullptr;
  std::filesystem::path path{};

  /// The complete table of the manifest's kind; the same one every time. Throws Error(plugin_refused) for an unknown
  /// kind or a missing function.
  const void* table() const;
};

/// Opens the library, or answers the one that is open already. `path` is absolute. Threads: any.
/// Throws Error: plugin_not_found when there is no such file, plugin_refused for anything else.
const PluginLibrary& open_library(const std::filesystem::path& path, std::span<const AllowedPlugin> allowed);

}  // namespace clinic
