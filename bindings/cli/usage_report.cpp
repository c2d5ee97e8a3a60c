#include "usage_report.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <vector>

namespace clinic::cli {
namespace {

std::vector<std::string> known_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const auto* level = &app; level; level = level->get_parent())
    for (const auto* option : level->get_options())
      for (const auto& name : option->get_lnames())
        flags.push_back("--" + name);
  return flags;
}

std::string path(const CLI::App& app) {
  return app.get_parent() ? path(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

/// The first word that nobody took. What is left over may hold values of persons, so only a word that looks like a
/// command or a flag is repeated.
std::string explain_extra(const CLI::App& root, const CLI::App& command) {
  auto left = root.remaining(true);
  if (left.empty()) return "something on the command line is not understood";
  auto word = left.front().substr(0, left.front().find('='));
  if (word.starts_with("-")) {
    auto meant = nearest(word, known_flags(command));
    return "there is no flag " + harmless(word) + (meant.empty() ? "" : "; did you mean " + meant + "?");
  }
  std::vector<std::string> names;
  for (const auto* sub : command.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  if (names.empty()) return "'" + harmless(word) + "' is one word too many";
  auto meant = nearest(word, names);
  return "there is no command '" + harmless(word) + "' in " + path(command) +
         (meant.empty() ? "" : "; did you mean " + meant + "?");
}

/// In our words where CLI11's are of no help ("--email: 1 required EMAIL missing").
std::string explain(const CLI::App& root, const CLI::ParseError& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) return explain_extra(root, reached(root));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && text.ends_with("missing"))
    return text.substr(0, text.find(':')) + " needs a value";
  constexpr std::string_view required = " is required";
  if (dynamic_cast<const CLI::RequiredError*>(&error) && text.ends_with(required))
    return "missing: " + text.substr(0, text.size() - required.size());
  return text;
}

}  // namespace

const CLI::App& reached(const CLI::App& root) {
  const auto* app = &root;
  for (auto parsed = app->get_subcommands(); !parsed.empty(); parsed = app->get_subcommands())
    app = parsed.front();
  return *app;
}

void report_usage(const CLI::App& root, const std::string& message) {
  std::cerr << styled("clinic: ", Style::red, Stream::errors) << message << "\nSee " << path(reached(root))
            << " --help\n";
}

void report_usage(const CLI::App& root, const CLI::ParseError& error) { report_usage(root, explain(root, error)); }

}  // namespace clinic::cli
