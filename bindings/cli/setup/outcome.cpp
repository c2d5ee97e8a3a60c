#include "outcome.hpp"

#include "../answer_view.hpp"
#include "../terminal.hpp"
#include "../text.hpp"

#include <algorithm>
#include <iostream>
#include <string_view>
#include <utility>

namespace clinic::cli {
namespace {

namespace json = boost::json;

/// What became of the schema, as a word for programs.
std::string_view schema_word(const SchemaStatus& before) {
  return before.current() ? "present" : before.present == 0 ? "made" : "migrated";
}

/// A text as one word of a shell's line.
std::string shell_word(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char each : text)
    word += each == '\'' ? "'\\''" : std::string(1, each);
  return harmless(word + "'");
}

/// The username of staff always logs in; the email may have to be proven first.
std::string login_of(const json::object& administrator) {
  return std::string(administrator.at("username").as_string());
}

struct NextStep {
  std::string command, meaning;
};

std::vector<NextStep> next_steps(const Outcome& outcome) {
  if (!outcome.configuration) return {};
  const auto clinic = "clinic --config " + shell_word(outcome.configuration->file) + ' ';
  std::vector<NextStep> steps;
  if (outcome.administrator)
    steps.push_back({clinic + "auth login --login " + shell_word(login_of(*outcome.administrator)) + " --password -",
                     "tries the login"});
  else
    steps.push_back({clinic + "admin create --email you@example.com", "makes an administrator"});
  steps.push_back({clinic + "serve", "serves it over HTTP; its page /docs lists every endpoint"});
  return steps;
}

void print_json(const Outcome& outcome) {
  auto answer = outcome.version;
  answer["made"] = json::value_from(outcome.made);
  answer["schema"] = schema_word(outcome.schema_before);
  if (outcome.configuration)
    answer["configuration"] = {{"file", outcome.configuration->file}, {"state", outcome.configuration->state}};
  if (outcome.administrator) answer["administrator"] = *outcome.administrator;
  if (outcome.configuration) {
    json::array commands;
    for (const auto& step : next_steps(outcome))
      commands.push_back(json::value(step.command));
    answer["next"] = std::move(commands);
  }
  std::cout << answer << '\n';
}

void say_made(std::string_view what, std::string_view remark = {}) {
  std::cout << styled("made ", Style::green) << harmless(what) << (remark.empty() ? "" : "   ") << remark << '\n';
}

std::string_view remark_on(const std::string& file, const Outcome& outcome) {
  if (file == outcome.key_file) return "the key to its secrets: back it up with the database";
  if (!outcome.configuration || file != outcome.configuration->file) return {};
  return outcome.configuration->holds_key ? "the configuration, with the key to the database's secrets: back it up"
                                          : "the configuration, with its secrets";
}

void say_what_became(const Outcome& outcome) {
  for (const auto& file : outcome.made)
    say_made(file, remark_on(file, outcome));
  if (const auto& configuration = outcome.configuration; configuration && configuration->state != "made")
    std::cout << harmless(configuration->file)
              << (configuration->state == "changed" ? " was changed\n" : " was there\n");
  const auto& before = outcome.schema_before;
  if (before.present == 0)
    say_made("the schema, version " + std::to_string(before.expected));
  else if (!before.current())
    std::cout << "brought the schema forward from version " << before.present << '\n';
  else if (outcome.made.empty())
    std::cout << "nothing to make: the database was there\n";
  else
    std::cout << "the database was there\n";
  if (!outcome.administrator) return;
  const auto who = "the administrator " + login_of(*outcome.administrator);
  if (outcome.administrator->at("state") == "made")
    say_made(who);
  else
    std::cout << harmless(who) << " was there; the password is as it was\n";
}

void say_next(const std::vector<NextStep>& steps) {
  if (steps.empty()) return;
  std::cout << "\nNext:\n";
  for (const auto& step : steps)
    std::cout << "  " << styled(step.command, Style::bold) << '\n' << "      " << step.meaning << '\n';
}

}  // namespace

void print_outcome(const Outcome& outcome, bool as_json) {
  if (as_json) return print_json(outcome);
  say_what_became(outcome);
  std::cout << '\n';
  print_answer(outcome.version, {}, std::cout);
  say_next(next_steps(outcome));
}

}  // namespace clinic::cli
