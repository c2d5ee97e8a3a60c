#include "profiles.hpp"

#include "engine/profile.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace clinic::docs {

std::vector<Profile> profiles() {
  std::vector<Profile> result;
  for (const auto& built_in : built_in_profiles()) {
    Profile profile{std::string(built_in.name), {}, {}};
    const auto document = boost::json::parse(built_in.json);
    for (const auto& member : document.as_object())
      if (member.key() == "summary")
        profile.summary = member.value().as_string();
      else
        profile.keys.emplace_back(member.key(), boost::json::serialize(member.value()));
    result.push_back(std::move(profile));
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

}  // namespace clinic::docs
