#pragma once

/// \file
/// What a plugin's author has to say to the checks: a JSON file beside the plugin, `clinic_drawer.quirks.json`:
///
///     {
///       "impatient": {"options": "wait=200", "milliseconds": 200},
///       "skip": {"process.durable": "the data live in the process's memory"}
///     }

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace clinic::conformance {

struct Quirks {
  /// Options of the URL with which a lock is waited for that long only; none: the URL's own patience is what checks of
  /// waiting take.
  std::string impatient_options{};
  std::chrono::milliseconds impatience{0};
  std::map<std::string, std::string> skip{};  ///< checks that cannot hold, each with the reason
};

/// Those beside the plugin; none where there is no file. Throws std::runtime_error for a file that is no such JSON.
Quirks quirks_beside(const std::filesystem::path& plugin);

}  // namespace clinic::conformance
