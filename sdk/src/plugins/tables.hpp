#pragma once

/// \file
/// Tables of plugin functions, made complete: whatever 1.x a plugin was built for, the SDK calls a table of its own
/// size.

#include <clinic/plugin/limiter.h>
#include <clinic/plugin/notifier.h>
#include <clinic/plugin/storage.h>

#include <string>

namespace clinic {

/// A copy of the table with every member of this version. Optional functions that the plugin does not have are stubs,
/// or null where the caller has another way (insert_many). `whose` begins the message of a refusal: a path, or a name.
/// Throws Error(plugin_refused), naming each required function that is missing.
clinic_storage_table complete(const clinic_storage_table& table, const std::string& whose);
clinic_notifier_table complete(const clinic_notifier_table& table, const std::string& whose);
clinic_limiter_table complete(const clinic_limiter_table& table, const std::string& whose);

}  // namespace clinic
