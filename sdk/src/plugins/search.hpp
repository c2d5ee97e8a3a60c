#pragma once

/// \file
/// The search path of plugins.

#include <clinic/configuration.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// The places in which to search for a plugin, and the files that may be loaded.
struct PluginPaths {
  std::optional<std::filesystem::path> explicit_path{};  ///< only this file; no folder is searched
  std::vector<std::filesystem::path> directories{};      ///< the configuration's folders; searched first
  std::vector<AllowedPlugin> allowed{};                  ///< empty: all files
};

/// The configuration's `plugin_directories` and `allowed_plugins`, and its explicit path for this kind of plugin
/// (`storage_plugin`, `limiter_plugin`).
PluginPaths plugin_paths(const Configuration& configuration, const std::optional<std::string>& explicit_path);

/// A folder and its origin: `plugin_directories`, `CLINIC_PLUGIN_PATH`, `beside the library`, `the installed clinic`.
struct SearchFolder {
  std::filesystem::path path;
  std::string_view origin;
};

/// The folders in the order of the search:
/// 1. the configuration's folders;
/// 2. the environment's CLINIC_PLUGIN_PATH (ignored in a set-user-id program);
/// 3. `clinic/plugins` and `../lib/clinic/plugins` beside the binary that contains the SDK;
/// 4. the plugins of the installed package that a program was built with.
///
/// The current folder is never searched: relative folders are in the list, so that the caller can refuse them. Empty
/// parts of the variable are ignored.
std::vector<SearchFolder> search_folders(const PluginPaths& paths);

/// The file name of a plugin: `clinic_sqlite.so` for `sqlite`.
std::string plugin_file_name(std::string_view name);
/// Whether the name has only lower-case letters, digits and `+ . _ -`, and begins with a letter. So no name leads out
/// of a folder.
bool is_plugin_name(std::string_view name);

}  // namespace clinic
