#pragma once

#include "meta/json.hpp"

#include <clinic/configuration.hpp>

#include <span>
#include <string_view>

namespace clinic {

/// A profile that comes with the SDK.
struct BuiltInProfile {
  std::string_view name, json;
};
std::span<const BuiltInProfile> built_in_profiles();

/// The configuration's profile with the configuration's own policy keys on top, checked.
Policy load_policy(const Configuration& configuration);
Aliases aliases_of(const Policy& policy);

}  // namespace clinic
