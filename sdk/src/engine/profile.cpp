#include "engine/profile.hpp"

#include "base/formats.hpp"
#include "base/text_file.hpp"
#include "messages/values.hpp"
#include "meta/make_description.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>

#include <filesystem>

namespace clinic {
namespace {

[[noreturn]] void refuse(std::string path, std::string code, std::string message) {
  throw Error(ErrorCode::configuration_invalid, {}, {{std::move(path), std::move(code), std::move(message)}});
}

std::string profile_text(const std::string& name) {
  for (const auto& profile : built_in_profiles())
    if (profile.name == name) return std::string(profile.json);
  if (std::filesystem::path file(name); file.is_absolute()) {
    if (auto text = read_text_file(file)) return std::move(*text);
    refuse("profile", "not_found", "The profile's file " + name + " is no file that can be read.");
  }
  std::string known;
  for (const auto& profile : built_in_profiles())
    known.append(known.empty() ? "" : ", ").append(profile.name);
  refuse("profile", "unknown_word", "The profile is one of " + known + ", or the absolute path of a JSON file.");
}

boost::json::object parse_object(const std::string& text, const std::string& path) {
  boost::system::error_code error;
  auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) refuse(path, "wrong_type", "This must be a JSON object.");
  return std::move(value.as_object());
}

}  // namespace

Policy load_policy(const Configuration& configuration) {
  auto keys = parse_object(profile_text(configuration.profile), "profile");
  for (auto& [key, value] : parse_object(configuration.policy.text, "policy"))
    keys[key] = std::move(value);
  Policy policy;
  std::vector<FieldError> errors;
  read_json(boost::json::serialize(keys), describe<Policy>(), &policy, {}, errors);
  if (errors.empty()) validate(describe<Policy>(), &policy, errors);
  if (!errors.empty()) {
    for (auto& error : errors)
      error.path = "policy." + error.path;
    throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
  }
  boost::algorithm::to_upper(policy.default_region);
  if (!known_region(policy.default_region))
    refuse("policy.default_region", "unknown_word",
           "The region is an ISO 3166 code with phone numbers, such as KE, or ZZ.");
  if (!is_absolute_path(policy.login_url) && !is_web_address(policy.login_url))
    refuse("policy.login_url", "invalid_format",
           "This is a path such as /login, or an address that begins with https:// or http://.");
  if (policy.portal_address && !is_base_address(*policy.portal_address))
    refuse("policy.portal_address", "invalid_format",
           "This is an address such as https://portal.example, without a user name, a query or a fragment.");
  if (policy.match_keys.empty()) refuse("policy.match_keys", "required", "At least one match key is needed.");
  return policy;
}

Aliases aliases_of(const Policy& policy) {
  Aliases aliases;
  for (const auto& alias : policy.field_aliases)
    aliases.fields.emplace(alias.alias, alias.name);
  for (const auto& alias : policy.word_aliases)
    aliases.words.emplace(alias.alias, alias.name);
  return aliases;
}

}  // namespace clinic
