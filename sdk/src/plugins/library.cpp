#include "plugins/library.hpp"

#include "plugins/allow_list.hpp"
#include "plugins/cut_file.hpp"
#include "plugins/tables.hpp"

#include <clinic/error.hpp>

#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace clinic {

namespace fs = std::filesystem;

namespace {

constexpr const char* symbol = "clinic_plugin";
constexpr std::size_t manifest_size_1_0 = offsetof(clinic_plugin_manifest, table) + sizeof(void*);

/// All libraries that were ever opened, by canonical path.
struct Registry {
  std::mutex mutex;
  std::map<fs::path, boost::dll::shared_library> handles;
  std::map<fs::path, PluginLibrary> libraries;
  std::map<const void*, std::shared_ptr<const void>> tables;  ///< complete tables, by the plugins' own tables
};

/// Stays reachable and is never destroyed. LeakSanitizer would report an unreachable object, and the order of
/// destruction at exit cannot be controlled.
Registry& registry() {
  static auto& kept = *new Registry;
  return kept;
}

[[noreturn]] void refuse(const fs::path& path, const std::string& text) {
  throw Error(ErrorCode::plugin_refused, path.string() + ": " + text);
}

fs::path existing_file(const fs::path& path) {
  std::error_code error;
  auto canonical = fs::canonical(path, error);
  if (error == std::errc::no_such_file_or_directory)
    throw Error(ErrorCode::plugin_not_found, path.string() + ": no such file");
  if (error) refuse(path, "cannot be reached: " + error.message());
  if (!fs::is_regular_file(canonical, error)) refuse(path, "expected a shared library, found no regular file");
  return canonical;
}

/// Extracts the reason from Boost's text, `… failed (dlerror system message: FILE: REASON): Bad file descriptor […]`.
/// The file is kept only if it is another one.
std::string loader_words(std::string text, const fs::path& file) {
  constexpr std::string_view before = "dlerror system message: ";
  if (const auto begin = text.find(before); begin != text.npos) {
    text.erase(0, begin + before.size());
    text.erase(std::min(text.size(), text.rfind("): ")));
  }
  const auto own = file.string() + ": ";
  return text.starts_with(own) ? text.substr(own.size()) : text;
}

boost::dll::shared_library open_handle(const fs::path& path, const fs::path& canonical) {
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  if (const auto cut = cut_off(canonical); !cut.empty()) refuse(path, cut);
  try {
    // The throwing form is used because only its exception contains the linker's message.
    return boost::dll::shared_library(boost::dll::fs::path(canonical.string()), rtld_now | rtld_local);
  } catch (const boost::system::system_error& failure) {
    refuse(path, "expected a shared library that this machine can load; the linker says: " +
                     loader_words(failure.what(), canonical));
  }
}

const clinic_plugin_manifest* read_manifest(const fs::path& path, const boost::dll::shared_library& handle) {
  if (!handle.has(symbol))
    refuse(path, std::string("no plugin: expected the exported symbol ") + symbol + ", found none");
  const auto* manifest = handle.get<const clinic_plugin_manifest*()>(symbol)();
  if (manifest == nullptr) refuse(path, "expected a manifest, found null");
  // The first two members are the same in every major version; the others only after this check.
  if (manifest->abi_major != CLINIC_PLUGIN_ABI_MAJOR)
    refuse(path, "expected plugin ABI " + std::to_string(CLINIC_PLUGIN_ABI_MAJOR) + ".x, found " +
                     std::to_string(manifest->abi_major) + "." + std::to_string(manifest->abi_minor));
  if (manifest->struct_size < manifest_size_1_0)
    refuse(path, "expected a manifest with a struct_size of at least " + std::to_string(manifest_size_1_0) +
                     ", found " + std::to_string(manifest->struct_size));
  for (const auto& [member, text] : {std::pair{"kind", manifest->kind}, std::pair{"name", manifest->name},
                                     std::pair{"version", manifest->version}, std::pair{"licence", manifest->licence}})
    if (text == nullptr || *text == '\0')
      refuse(path, std::string("expected a manifest with a ") + member + ", found none");
  if (manifest->table == nullptr) refuse(path, "expected a manifest with a table, found null");
  return manifest;
}

template <class Table>
std::shared_ptr<const void> completed(const PluginLibrary& library) {
  return std::make_shared<const Table>(
      complete(*static_cast<const Table*>(library.manifest->table), library.path.string()));
}

std::shared_ptr<const void> completed_table(const PluginLibrary& library) {
  const std::string_view kind = library.manifest->kind;
  if (kind == CLINIC_PLUGIN_STORAGE) return completed<clinic_storage_table>(library);
  if (kind == CLINIC_PLUGIN_NOTIFIER) return completed<clinic_notifier_table>(library);
  if (kind == CLINIC_PLUGIN_LIMITER) return completed<clinic_limiter_table>(library);
  refuse(library.path,
         "expected a plugin of kind `storage`, `notifier` or `limiter`, found kind `" + std::string(kind) + "`");
}

}  // namespace

const void* PluginLibrary::table() const {
  auto& kept = registry();
  std::lock_guard lock(kept.mutex);
  auto& table = kept.tables[manifest->table];
  if (!table) table = completed_table(*this);
  return table.get();
}

const PluginLibrary& open_library(const fs::path& path, std::span<const AllowedPlugin> allowed) {
  const auto canonical = existing_file(path);
  try {
    if (const auto refusal = refused_by_allow_list(canonical, allowed); !refusal.empty()) refuse(path, refusal);
  } catch (const std::runtime_error& failure) {
    refuse(path, failure.what());
  }
  auto& kept = registry();
  std::lock_guard lock(kept.mutex);
  if (const auto known = kept.libraries.find(canonical); known != kept.libraries.end()) return known->second;
  // The library is kept before it is checked: its code has run, and what it started needs the library to stay.
  auto handle = kept.handles.find(canonical);
  if (handle == kept.handles.end()) handle = kept.handles.emplace(canonical, open_handle(path, canonical)).first;
  const auto* manifest = read_manifest(path, handle->second);
  return kept.libraries.emplace(canonical, PluginLibrary{manifest, path}).first->second;
}

}  // namespace clinic
