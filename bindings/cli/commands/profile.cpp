#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../table.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "commands.hpp"

#include <clinic/policy.hpp>
#include <clinic/profiles.hpp>

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace clinic::cli {
namespace {

namespace json = boost::json;

constexpr auto* the_default = "standard";

/// A profile as it is shown. The summary is no decision of the policy.
struct Profile {
  std::string summary;
  json::object keys;  ///< with their values, in the order of the policy
};

Profile load(const std::string& name) {
  auto keys = json::parse(profile_json(name)).as_object();
  const auto* summary = keys.at("summary").if_string();
  Profile profile{summary ? harmless(std::string_view(*summary)) : std::string(), {}};
  keys.erase("summary");
  profile.keys = std::move(keys);
  return profile;
}

std::string meaning_of(std::string_view key) { return std::string(describe<Policy>().field(key)->rule->help); }

/// A value as a person reads it.
std::string in_words(const json::value& value) {
  if (const auto* flag = value.if_bool()) return *flag ? "yes" : "no";
  if (const auto* text = value.if_string()) return harmless(std::string_view(*text));
  if (value.is_null()) return "none";
  if (const auto* list = value.if_array()) {
    std::vector<std::string> parts;
    for (const auto& item : *list)
      parts.push_back(in_words(item));
    return parts.empty() ? "none" : join(parts, ", ");
  }
  if (const auto* object = value.if_object()) {
    std::vector<std::string> parts;
    for (const auto& member : *object)
      parts.push_back(in_words(member.value()));
    return join(parts, object->contains("alias") ? "=" : " ");
  }
  return json::serialize(value);
}

int list_profiles(const Globals& globals) {
  if (prints_json(globals)) {
    json::array profiles;
    for (const auto& name : profile_names())
      profiles.push_back({{"profile", name}, {"summary", load(name).summary}});
    std::cout << json::object{{"profiles", std::move(profiles)}} << '\n';
    return done;
  }
  Table table{{"profile", "what it is for"}, {}, {}, true};
  for (const auto& name : profile_names())
    table.rows.push_back({name, load(name).summary});
  table.print(std::cout, terminal_width());
  return done;
}

/// The keys in which two profiles differ, or all.
int compare(const std::string& first, const std::string& second, bool all, const Globals& globals) {
  const auto ours = load(first).keys, theirs = load(second).keys;
  json::array rows;
  Table table{{"key", first, second, "meaning"}, {}, {}, true};
  for (const auto& member : ours) {
    const auto& other = theirs.at(member.key());
    if (!all && member.value() == other) continue;
    const auto meaning = meaning_of(member.key());
    rows.push_back({{"key", member.key()}, {first, member.value()}, {second, other}, {"meaning", meaning}});
    table.rows.push_back({std::string(member.key()), in_words(member.value()), in_words(other), meaning});
  }
  if (prints_json(globals))
    std::cout << json::object{{"differences", std::move(rows)}} << '\n';
  else if (table.rows.empty())
    std::cout << "They do the same.\n";
  else
    table.print(std::cout, terminal_width());
  return done;
}

int explain(const std::string& profile, bool all, const Globals& globals) {
  const auto [summary, keys] = load(profile);
  const auto usual = load(the_default).keys;
  json::array rows;
  std::string text;
  for (const auto& member : keys) {
    const bool differs = member.value() != usual.at(member.key());
    if (!differs && !all && profile != the_default) continue;
    const auto meaning = meaning_of(member.key());
    rows.push_back({{"key", member.key()},
                    {"value", member.value()},
                    {the_default, usual.at(member.key())},
                    {"meaning", meaning}});
    const auto width = terminal_width();
    text += styled(member.key(), Style::bold) + ": " + fit(in_words(member.value()), width);
    if (differs)
      text += styled("   (" + std::string(the_default) + ": " + in_words(usual.at(member.key())) + ")", Style::dim);
    text += "\n  " + wrap(meaning, width, 2) + "\n";
  }
  if (prints_json(globals)) {
    std::cout << json::object{{"profile", profile}, {"summary", summary}, {"keys", std::move(rows)}} << '\n';
    return done;
  }
  std::cout << styled(profile, Style::bold) << ": " << wrap(summary, terminal_width(), 0) << "\n\n" << text;
  if (!all && profile != the_default)
    std::cout << "\nEverything else is as in " << the_default << "; --all shows it.\n";
  return done;
}

}  // namespace

void add_profile_command(CLI::App& root, Actions& actions, const Globals& globals) {
  // Beside the operations on the caller's own profile.
  auto* command = root.get_subcommand("profile");
  auto* list = command->add_subcommand("list", "The SDK's own policy profiles");
  actions[list] = [&globals] { return list_profiles(globals); };

  struct Wanted {
    std::string first, second = the_default;
    bool all = false;
  };
  const auto wanted = std::make_shared<Wanted>();
  const auto guarded = [&globals](auto work) { return [=, &globals] { return with_errors(globals, work); }; };
  auto* one = command->add_subcommand("explain", "What a policy profile does, where it differs from the standard one");
  one->add_option("PROFILE", wanted->first, "Its name, or the absolute path of its file")->required();
  one->add_flag("--all", wanted->all, "What it does as the standard one, too");
  actions[one] = guarded([=, &globals] { return explain(wanted->first, wanted->all, globals); });

  auto* two = command->add_subcommand("diff", "Where two policy profiles differ");
  two->add_option("PROFILE", wanted->first, "A name, or the absolute path of a file")->required();
  two->add_option("OTHER", wanted->second, "Another one; none: standard");
  two->add_flag("--all", wanted->all, "Where they do not, too");
  actions[two] = guarded([=, &globals] { return compare(wanted->first, wanted->second, wanted->all, globals); });
}

}  // namespace clinic::cli
