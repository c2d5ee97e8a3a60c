#pragma once

/// \file
/// Where plugins are searched for.

#include <clinic/configuration.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// Where a caller wants plugins to be looked for, and which of them may be loaded.
struct PluginPaths {
  std::optional<std::filesystem::path> explicit_path{};  ///< this very file; nothing is searched
  std::vector<std::filesystem::path> directories{};      ///< of the configuration; searched first
  std::vector<AllowedPlugin> allowed{};                  ///< empty: any
};

/// The configuration's `plugin_directories` and `allowed_plugins`, and what it names for this kind of plugin
/// (`storage_plugin`, `limiter_plugin`).
PluginPaths plugin_paths(const Configuration& configuration, const std::optional<std::string>& explicit_path);

/// A folder, and why it is one: `plugin_directories`, `CLINIC_PLUGIN_PATH`, `beside the library`, `the installed
/// clinic`.
struct SearchFolder {
  std::filesystem::path path;
  std::string_view origin;
};

/// In the order of searching: the configuration, the environment's CLINIC_PLUGIN_PATH (ignored in a set-user-id
/// program), and `clinic/plugins` and `../lib/clinic/plugins` beside the binary that holds the SDK, and last the
/// plugins of the installed package that a program was built with. Never the current folder: relative ones are in the
/// list for whoever reads it to refuse. Empty parts of the variable are no folders.
std::vector<SearchFolder> search_folders(const PluginPaths& paths);

/// `clinic_sqlite.so` for `sqlite`.
std::string plugin_file_name(std::string_view name);
/// Lower case letters, digits, `+ . _ -`, beginning with a letter: no name leads out of a folder.
bool is_plugin_name(std::string_view name);

}  // namespace clinic
