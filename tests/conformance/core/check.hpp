#pragma once

/// \file
/// A promise of a plugin, and how it is judged.

#include "quirks.hpp"

#include <clinic/plugin/plugin.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace clinic::conformance {

/// What is checked: a plugin's file, and a database, gateway or counter that it may use up.
struct Target {
  std::filesystem::path plugin{};
  std::optional<std::string> url{};
  Quirks quirks{};
  bool grown = false;  ///< show it records, structs and fields as a later SDK will have them
};

struct Check {
  std::string name;                        ///< `text.order`
  std::string promise;                     ///< one sentence to a plugin's author
  std::function<void(const Target&)> run;  ///< returns when the promise holds; throws Unmet or Skipped
};

/// The promise does not hold.
struct Unmet {
  std::string expected, found;
};

/// The promise cannot be judged here.
struct Skipped {
  std::string reason;
};

/// All checks of a kind of plugin, those of all kinds first, in the order in which they run.
std::vector<Check> checks_for(const std::string& kind);

}  // namespace clinic::conformance
