#pragma once

/// \file
/// Completes tables of plugin functions: the SDK calls a table of its own size, whichever 1.x the plugin was built for.

#include <clinic/plugin/limiter.h>
#include <clinic/plugin/notifier.h>
#include <clinic/plugin/storage.h>

#include <string>

namespace clinic {

/// A copy of the table with every member of this version. Optional functions that the plugin lacks are stubs, or null
/// if the caller has an alternative (insert_many). `whose` is the beginning of a refusal's message: a path, or a name.
/// Throws Error(plugin_refused), naming each required function that is missing.
clinic_storage_table complete(const clinic_storage_table& table, const std::string& whose);
clinic_notifier_table complete(const clinic_notifier_table& table, const std::string& whose);
clinic_limiter_table complete(const clinic_limiter_table& table, const std::string& whose);

}  // namespace clinic
