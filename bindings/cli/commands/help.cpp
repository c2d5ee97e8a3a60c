#include "../exit_codes.hpp"
#include "../text.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"

#include <iostream>
#include <memory>

namespace clinic::cli {
namespace {

/// CLI11's own help() would be about the command that was given, which is `help`.
std::string help_of(const CLI::App& root, const std::vector<std::string>& words) {
  const auto* found = &root;
  auto path = root.get_name();
  for (const auto& word : words) {
    std::vector<std::string> names;
    const CLI::App* next = nullptr;
    for (const auto* sub : found->get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(sub->get_name());
      if (sub->get_name() == word) next = sub;
    }
    if (!next) {
      const auto meant = nearest(word, names);
      throw UsageError("there is no command '" + harmless(word) + "'" +
                       (meant.empty() ? "" : "; did you mean " + meant + "?"));
    }
    found = next;
    path += " " + word;
  }
  return found->get_formatter()->make_help(found, path, CLI::AppFormatMode::Normal);
}

}  // namespace

void add_help_command(CLI::App& root, Actions& actions, const Globals&) {
  auto* command = root.add_subcommand("help", "Print the help of a command")->group("Commands");
  auto words = std::make_shared<std::vector<std::string>>();
  command
      ->add_option(
          "COMMAND",
          [words](const CLI::results_t& given) {
            *words = given;
            return true;
          },
          "Its words, patients register; none: everything")
      ->expected(1, 8)
      ->allow_extra_args()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  actions[command] = [words, &root] {
    std::cout << help_of(root, *words);
    return done;
  };
}

}  // namespace clinic::cli
