#pragma once

#include <string>
#include <utility>
#include <vector>

namespace clinic::docs {

struct Profile {
  std::string name, summary;
  std::vector<std::pair<std::string, std::string>> keys;  ///< with their values as JSON
};

/// The profiles in the source tree, by name.
std::vector<Profile> profiles();

}  // namespace clinic::docs
