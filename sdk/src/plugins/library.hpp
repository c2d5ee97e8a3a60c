#pragma once

/// \file
/// Opens one plugin file and makes the checks that do not depend on its use.

#include <clinic/configuration.hpp>
#include <clinic/plugin/plugin.h>

#include <filesystem>
#include <span>

namespace clinic {

/// Lives as long as the process.
struct PluginLibrary {
  const clinic_plugin_manifest* manifest = nullptr;
  std::filesystem::path path{};

  /// The complete table for the manifest's kind; the same table every time. Throws Error(plugin_refused) for an unknown
  /// kind or a missing function.
  const void* table() const;
};

/// Opens the library, or returns the open one. `path` is absolute. Threads: any. Throws Error: plugin_not_found if
/// there is no such file, plugin_refused for any other reason.
const PluginLibrary& open_library(const std::filesystem::path& path, std::span<const AllowedPlugin> allowed);

}  // namespace clinic
