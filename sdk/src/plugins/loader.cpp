#include "plugins/loader.hpp"

#include "meta/json.hpp"
#include "plugins/library.hpp"

#include <clinic/error.hpp>
#include <clinic/text.hpp>

#include <algorithm>
#include <set>

namespace clinic {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& text) { throw Error(ErrorCode::plugin_refused, text); }

void must_be_absolute(const fs::path& path, std::string_view origin) {
  if (!path.is_absolute())
    refuse(path.string() + ": the paths of plugins must be absolute; found a relative one (" + std::string(origin) +
           ")");
}

/// Opens the file and compares it with the requested kind and name.
LoadedPlugin load(const fs::path& path, const PluginPaths& paths, std::string_view kind, std::string_view name) {
  const auto& library = open_library(path, paths.allowed);
  const auto& manifest = *library.manifest;
  if (manifest.kind != kind)
    refuse(path.string() + ": expected a plugin of kind `" + std::string(kind) + "`, found kind `" + manifest.kind +
           "`");
  if (manifest.name != name)
    refuse(path.string() + ": expected the plugin `" + std::string(name) + "`, found `" + manifest.name + "`");
  return {&manifest, path, library.table()};
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// Sorted, so that the list does not depend on the file system.
std::vector<fs::path> plugin_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto file = entry->path().filename().string();
    if (file.starts_with("clinic_") && entry->path().extension() == fs::path(plugin_file_name("x")).extension())
      files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Lists the plugins that the folders have, and the one that was probably meant. It uses the file names only, and loads
/// nothing.
std::string there_is(const PluginPaths& paths, std::string_view name) {
  const auto prefix = plugin_file_name("").find('.');
  std::set<std::string> names;
  for (const auto& folder : search_folders(paths))
    for (const auto& file : plugin_files(folder.path))
      names.insert(file.stem().string().substr(prefix));
  if (names.empty()) return {};
  const auto meant = suggestion(name, {names.begin(), names.end()});
  return (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?") +
         std::string(meant.empty() ? "; found: " : " Found: ") + join({names.begin(), names.end()});
}

LoadedPlugin search(const PluginPaths& paths, std::string_view kind, std::string_view name) {
  std::vector<std::string> tried;
  for (const auto& folder : search_folders(paths)) {
    must_be_absolute(folder.path, folder.origin);
    const auto path = folder.path / plugin_file_name(name);
    std::error_code error;
    if (const auto type = fs::symlink_status(path, error).type();
        type == fs::file_type::not_found || type == fs::file_type::none) {
      if (std::find(tried.begin(), tried.end(), path.string()) == tried.end()) tried.push_back(path.string());
      continue;
    }
    try {
      return load(path, paths, kind, name);
    } catch (const Error& refusal) {
      if (tried.empty()) throw;
      throw Error(refusal.code(), refusal.detail() + "; tried before it, without finding one: " + join(tried));
    }
  }
  throw Error(ErrorCode::plugin_not_found, "no " + std::string(kind) + " plugin `" + std::string(name) + "`" +
                                               there_is(paths, name) + "; tried, in this order: " + join(tried));
}

const void* table_of_kind(const LoadedPlugin& plugin, std::string_view kind) {
  if (plugin.manifest->kind != kind)
    refuse(plugin.path.string() + ": expected a plugin of kind `" + std::string(kind) + "`, found kind `" +
           plugin.manifest->kind + "`");
  return plugin.table;
}

PluginReport report_on(const fs::path& path, std::string_view origin, const PluginPaths& paths) {
  PluginReport report;
  report.path = path.string();
  try {
    must_be_absolute(path, origin);
    const auto& library = open_library(path, paths.allowed);
    report.kind = library.manifest->kind;
    report.name = library.manifest->name;
    report.version = library.manifest->version;
    report.licence = library.manifest->licence;
    report.abi = std::to_string(library.manifest->abi_major) + "." + std::to_string(library.manifest->abi_minor);
    library.table();
    if (path != paths.explicit_path && path.filename() != plugin_file_name(report.name))
      report.refusal = report.path + ": expected the file name " + plugin_file_name(report.name) + ", found " +
                       path.filename().string();
  } catch (const Error& refusal) {
    report.refusal = refusal.detail();
  } catch (const std::exception& failure) {
    report.refusal = report.path + ": " + failure.what();
  }
  return report;
}

}  // namespace

LoadedPlugin load_plugin(const PluginPaths& paths, std::string_view kind, std::string_view name) {
  if (!is_plugin_name(name))
    throw Error(ErrorCode::plugin_not_found, "the name of a plugin is lower case letters, digits and `+._-`");
  if (!paths.explicit_path) return search(paths, kind, name);
  must_be_absolute(*paths.explicit_path, "explicit path");
  return load(*paths.explicit_path, paths, kind, name);
}

const clinic_storage_table& storage_table(const LoadedPlugin& plugin) {
  return *static_cast<const clinic_storage_table*>(table_of_kind(plugin, CLINIC_PLUGIN_STORAGE));
}

const clinic_notifier_table& notifier_table(const LoadedPlugin& plugin) {
  return *static_cast<const clinic_notifier_table*>(table_of_kind(plugin, CLINIC_PLUGIN_NOTIFIER));
}

const clinic_limiter_table& limiter_table(const LoadedPlugin& plugin) {
  return *static_cast<const clinic_limiter_table*>(table_of_kind(plugin, CLINIC_PLUGIN_LIMITER));
}

std::vector<PluginReport> list_plugins(const PluginPaths& paths) {
  std::vector<PluginReport> reports;
  if (paths.explicit_path) reports.push_back(report_on(*paths.explicit_path, "explicit path", paths));
  std::set<fs::path> seen;  // a folder may be listed twice
  for (const auto& folder : search_folders(paths)) {
    std::error_code error;
    if (!folder.path.is_absolute())
      reports.push_back(report_on(folder.path, folder.origin, paths));
    else if (seen.insert(fs::weakly_canonical(folder.path, error)).second)
      for (const auto& file : plugin_files(folder.path))
        reports.push_back(report_on(file, folder.origin, paths));
  }
  return reports;
}

std::vector<PluginReport> list_plugins(const Configuration& configuration) {
  auto reports = list_plugins(plugin_paths(configuration, configuration.storage_plugin));
  if (const auto& limiter = configuration.limiter_plugin)
    reports.insert(reports.begin(), report_on(*limiter, "explicit path", plugin_paths(configuration, limiter)));
  return reports;
}

}  // namespace clinic
