#pragma once

/// \file
/// A plugin's table with an eye on every call: which ones are running (for crashes and hangs), and whether each answer
/// and its error fit the call, whatever a check is about.

#include <clinic/plugin/storage.h>

#include <string>

namespace clinic::conformance {

/// A table that calls `plugin`'s functions, of one plugin in a process. With `grown` its `open` shows the model as a
/// later SDK would have it.
const clinic_storage_table& watched(const clinic_storage_table& plugin, bool grown);

/// The first answer that did not fit; empty: all did.
std::string first_misfit();

}  // namespace clinic::conformance
