#pragma once

/// \file
/// The profiles: policies that come with the SDK. Needs no opened clinic.

#include <clinic/export.hpp>

#include <string>
#include <vector>

namespace clinic {

/// The names of the SDK's own profiles, in alphabetical order.
CLINIC_API std::vector<std::string> profile_names();

/// Every key of a profile's policy, as JSON: one of the SDK's own profiles by its name, any other by the absolute path
/// of its file. `describe<Policy>()` tells what the keys mean. Throws Error(configuration_invalid).
CLINIC_API std::string profile_json(const std::string& profile);

}  // namespace clinic
