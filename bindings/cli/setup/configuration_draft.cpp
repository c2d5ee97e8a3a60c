#include "configuration_draft.hpp"

#include "../answer_view.hpp"
#include "../opened_clinic.hpp"

#include <clinic/error.hpp>
#include <clinic/new_configuration.hpp>
#include <clinic/policy.hpp>
#include <clinic/profiles.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace clinic::cli {
namespace {

namespace json = boost::json;

/// The one key without a default of its own.
constexpr auto* usual_storage = "sqlite:clinic.db";

/// `http.port` as the key and what follows; a key of the configuration itself has nothing before it.
std::pair<std::string_view, std::string_view> split_key(std::string_view key) {
  const auto dot = key.find('.');
  if (dot == std::string_view::npos) return {{}, key};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

const FieldDescription& field_of(std::string_view key) {
  const auto [group, name] = split_key(key);
  const auto& type = group == "http"     ? describe<HttpSettings>()
                     : group == "policy" ? describe<Policy>()
                                         : describe<Configuration>();
  return *type.field(name);
}

/// Null where the object does not have it.
json::value member(const json::object& keys, std::string_view key) {
  const auto [group, name] = split_key(key);
  const auto* object = &keys;
  if (!group.empty()) {
    const auto* found = keys.if_contains(group);
    object = found ? found->if_object() : nullptr;
  }
  const auto* found = object ? object->if_contains(name) : nullptr;
  return found ? *found : json::value();
}

/// A text that is none is refused by opening.
json::object policy_of(const Configuration& configuration) {
  boost::system::error_code failed;
  const auto policy = json::parse(configuration.policy.text, failed);
  return !failed && policy.is_object() ? policy.get_object() : json::object();
}

/// Its value in a configuration; null for a key of the policy that is the profile's.
json::value value_in(const Configuration& configuration, std::string_view key) {
  const auto [group, name] = split_key(key);
  if (group == "policy") return member(policy_of(configuration), name);
  const void* object = group == "http" ? static_cast<const void*>(&configuration.http) : &configuration;
  const auto& field = field_of(key);
  if (is_number(key)) return *static_cast<const std::int64_t*>(field.address_in(object));
  return json::value(*static_cast<const std::string*>(field.address_in(object)));
}

Configuration environment_over(Configuration configuration) {
  return std::move(configuration).with_environment().with_server_environment();
}

/// Whether it hides what a file says, by a variable of the key or of all its group. A value would not tell: it may be
/// the usual one.
bool environment_has(std::string_view key) {
  const auto [group, name] = split_key(key);
  json::object file{{name, is_number(key) ? json::value(1) : json::value("another")}};
  if (!group.empty()) file = {{group, std::move(file)}};
  const auto other = Configuration::from_json(json::serialize(file));
  return value_in(environment_over(other), key) == value_in(environment_over({}), key);
}

}  // namespace

ConfigurationDraft::ConfigurationDraft(std::string file) : file_(std::move(file)) {
  std::error_code ignored;
  there_ = std::filesystem::exists(file_, ignored);
  if (!there_) return;
  Configuration::load(file_);
  std::ifstream stream(file_, std::ios::binary);
  written_ = json::parse(std::string(std::istreambuf_iterator<char>(stream), {})).as_object();
  keys_ = written_;
}

bool ConfigurationDraft::settled(std::string_view key) const {
  return !member(keys_, key).is_null() || environment_has(key);
}

json::value ConfigurationDraft::value(std::string_view key) const {
  if (auto own = member(keys_, key); !own.is_null()) return own;
  if (const auto [group, name] = split_key(key); group == "policy") {
    const auto profile = std::string(value("profile").as_string());
    return json::parse(profile_json(profile)).at(name);
  }
  const auto usual = value_in(environment_over({}), key);
  return usual == "" ? json::value(usual_storage) : usual;
}

void ConfigurationDraft::set(std::string_view key, json::value value) {
  const auto [group, name] = split_key(key);
  auto* object = &keys_;
  if (!group.empty()) {
    auto& found = keys_[group];
    if (!found.is_object()) found = json::object();
    object = &found.get_object();
  }
  (*object)[name] = std::move(value);
  if (std::find(said_.begin(), said_.end(), key) == said_.end()) said_.emplace_back(key);
}

void ConfigurationDraft::add_secrets() {
  const auto now = seen();
  if (!there_ && !now.token_secret && now.token_keys.empty()) keys_["token_secret"] = new_secret();
  // An embedded database has its key in a file beside it.
  if (changed() && !database_file(now) && !now.master_key && !now.master_key_file) keys_["master_key"] = new_secret();
}

Configuration ConfigurationDraft::seen() const {
  const auto said = Configuration::from_json(json::serialize(keys_));
  auto seen = environment_over(said);
  std::vector<FieldError> errors;
  for (const auto& key : said_)
    if (value_in(said, key) != value_in(seen, key))
      errors.push_back({key, "not_applicable",
                        "The environment has another value for `" + key +
                            "`, and would win over the file: take it out of the environment, or leave it out here."});
  if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
  return seen;
}

void ConfigurationDraft::refuse_change() const {
  if (!there_) return;
  std::vector<FieldError> errors;
  for (const auto& key : said_)
    if (member(written_, key) != member(keys_, key))
      errors.push_back({key, "not_applicable",
                        "The file " + file_ + " is there, and has another `" + key +
                            "`: leave it out, or give --overwrite, which changes that and keeps the rest."});
  if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
}

void ConfigurationDraft::write() const {
  if (!changed()) return;
  if (!write_configuration(file_, indented(keys_), there_ ? ExistingFile::replaced : ExistingFile::kept))
    throw Error(ErrorCode::configuration_invalid,
                "Somebody else has just made the configuration file " + file_ + "; run the command again.");
}

ConfigurationOutcome ConfigurationDraft::outcome() const {
  return {file_, !there_ ? "made" : changed() ? "changed" : "present", keys_.contains("master_key")};
}

std::string_view meaning_of(std::string_view key) { return field_of(key).rule->help; }

bool is_number(std::string_view key) { return field_of(key).type->bare().kind == TypeKind::integer; }

}  // namespace clinic::cli
