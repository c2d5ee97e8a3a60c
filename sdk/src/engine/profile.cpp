#include "engine/profile.hpp"

#include "base/formats.hpp"
#include "base/text_file.hpp"
#include "messages/values.hpp"
#include "meta/make_description.hpp"
#include "operations/table.hpp"

#include <clinic/profiles.hpp>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>

#include <algorithm>
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
  for (const auto& own : profile_names())
    known.append(known.empty() ? "" : ", ").append(own);
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
  const auto names = [](const auto& list, auto wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
  };
  if (names(policy.registration_channels, MessageChannel::sms) && !names(policy.match_keys, MatchKey::phone))
    refuse("policy.registration_channels", "not_applicable",
           "Who registers with a phone is found by it: `match_keys` names the phone, too.");
  for (auto channel : policy.registration_channels)
    if (policy.required_contact == (channel == MessageChannel::email ? RequiredContact::phone : RequiredContact::email))
      refuse("policy.registration_channels", "not_applicable",
             "Who registers with one contact has no other: `required_contact` asks for another one.");
  for (std::size_t i = 0; i < policy.route_aliases.size(); ++i)
    if (!find_operation(policy.route_aliases[i].name))
      refuse("policy.route_aliases[" + std::to_string(i) + "].name", "unknown_word", "There is no such operation.");
  if (policy.match_keys.empty()) refuse("policy.match_keys", "required", "At least one match key is needed.");
  return policy;
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const auto& profile : built_in_profiles())
    names.emplace_back(profile.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string profile_json(const std::string& profile) {
  Configuration configuration;
  configuration.profile = profile;
  const auto policy = load_policy(configuration);
  std::string text;
  write_json(describe<Policy>(), &policy, WriteSecrets::no, text);
  return text;
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
