#pragma once

/// \file
/// Lists the plugins that a clinic would find, and why it would refuse some of them (`clinic plugins`).

#include <clinic/configuration.hpp>
#include <clinic/export.hpp>

#include <string>
#include <vector>

namespace clinic {

/// One plugin file. If it could not be loaded, only the path and the refusal are filled.
struct PluginReport {
  std::string path{};
  std::string kind{};     ///< storage, notifier, limiter
  std::string name{};     ///< storage: the scheme of its URLs
  std::string version{};  ///< the plugin's own
  std::string licence{};  ///< SPDX
  std::string abi{};      ///< `1.0`
  std::string refusal{};  ///< why it would not be used; empty if it would be
};

/// Searches where opening a clinic with this configuration would search, in the same order. Of several plugins with one
/// name, the first is used. Files that are not on the allow-list are not opened. Loading a plugin runs its code. The
/// plugin stays loaded until the process ends.
///
/// Threads: any. Errors: none. A bad file or folder is a report with a refusal.
CLINIC_API std::vector<PluginReport> list_plugins(const Configuration& configuration = {});

}  // namespace clinic
