#pragma once

/// \file
/// The plugin's file, loaded by the SDK's own loader.

#include "check.hpp"

#include <plugins/library.hpp>

namespace clinic::conformance {

/// Throws Unmet with the loader's words.
const PluginLibrary& load_library(const Target& target);

}  // namespace clinic::conformance
