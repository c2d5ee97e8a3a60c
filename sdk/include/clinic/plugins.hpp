#pragma once

/// \file
/// Which plugins a clinic would find, and what is wrong with those that it would refuse: `clinic plugins`.

#include <clinic/configuration.hpp>
#include <clinic/export.hpp>

#include <string>
#include <vector>

namespace clinic {

/// One plugin file. Where it could not even be asked, only the path and the refusal are filled.
struct PluginReport {
  std::string path{};
  std::string kind{};     ///< storage, notifier, limiter
  std::string name{};     ///< storage: the scheme of its URLs
  std::string version{};  ///< the plugin's own
  std::string licence{};  ///< SPDX
  std::string abi{};      ///< `1.0`
  std::string refusal{};  ///< why it would not be used; empty: it would
};

/// Looks where opening a clinic with this configuration would look, in the same order; the first of a name is the one
/// that is used. Files that are not on the allow-list are not opened. Loading a plugin runs its code; it stays loaded
/// as long as the process.
///
/// Threads: any. Errors: none for a bad file or folder, they are reports with a refusal.
CLINIC_API std::vector<PluginReport> list_plugins(const Configuration& configuration = {});

}  // namespace clinic
