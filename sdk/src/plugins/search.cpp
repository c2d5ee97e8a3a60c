#include "plugins/search.hpp"

#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <cstdlib>

/// The plugin folder of the installed package, or null. The package (clinicConfig.cmake) compiles it into each program
/// that links clinic::sdk. In the build tree, and without CMake, it is missing.
extern "C" [[gnu::weak]] const char* clinic_installed_plugin_folder();

namespace clinic {

namespace fs = std::filesystem;

namespace {

const char* plugin_path_variable() {
#ifdef _GNU_SOURCE
  return ::secure_getenv("CLINIC_PLUGIN_PATH");
#else
  return std::getenv("CLINIC_PLUGIN_PATH");
#endif
}

/// The folder of the binary that contains this code, or an empty path. The loader reports a program by its argv[0] and
/// a library by the path that it was opened with. A relative path may be outdated.
fs::path own_folder() {
  boost::dll::fs::error_code error;
  const auto location = boost::dll::this_line_location(error);
  if (error) return {};
  fs::path path = location.string();
  if (!path.is_absolute()) {
    const auto program = boost::dll::program_location(error);
    if (error || program.filename() != location.filename()) return {};
    path = program.string();
  }
  return path.parent_path();
}

}  // namespace

PluginPaths plugin_paths(const Configuration& configuration, const std::optional<std::string>& explicit_path) {
  PluginPaths paths;
  if (explicit_path) paths.explicit_path = *explicit_path;
  paths.directories.assign(configuration.plugin_directories.begin(), configuration.plugin_directories.end());
  paths.allowed = configuration.allowed_plugins;
  return paths;
}

std::vector<SearchFolder> search_folders(const PluginPaths& paths) {
  std::vector<SearchFolder> folders;
  for (const auto& path : paths.directories)
    folders.push_back({path, "plugin_directories"});
  if (const char* variable = plugin_path_variable()) {
    std::string_view rest = variable;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      if (end > 0) folders.push_back({fs::path(rest.substr(0, end)), "CLINIC_PLUGIN_PATH"});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (const auto own = own_folder(); !own.empty()) {
    folders.push_back({own / "clinic" / "plugins", "beside the library"});
    folders.push_back({(own / ".." / "lib" / "clinic" / "plugins").lexically_normal(), "beside the library"});
  }
  // A program that was built against an installed clinic may be in any folder.
  if (clinic_installed_plugin_folder) folders.push_back({clinic_installed_plugin_folder(), "the installed clinic"});
  return folders;
}

std::string plugin_file_name(std::string_view name) {
  return "clinic_" + std::string(name) + boost::dll::shared_library::suffix().string();
}

bool is_plugin_name(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || std::string_view("+._-").find(c) != std::string_view::npos;
  });
}

}  // namespace clinic
