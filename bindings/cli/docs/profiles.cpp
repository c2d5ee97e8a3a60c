#include "profiles.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace clinic::docs {

std::vector<Profile> profiles() {
  std::vector<Profile> result;
  for (const auto& entry : std::filesystem::directory_iterator(CLINIC_PROFILE_FOLDER)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    Profile profile{entry.path().stem().string(), {}};
    const auto document = boost::json::parse(text);
    for (const auto& member : document.as_object())
      profile.keys.emplace_back(member.key(), boost::json::serialize(member.value()));
    result.push_back(std::move(profile));
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

}  // namespace clinic::docs
