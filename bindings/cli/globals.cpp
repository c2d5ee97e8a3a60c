#include "globals.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

namespace clinic::cli {
namespace {

/// Stores the text as it is: CLI11's own conversions change some texts.
void add_text(CLI::App& app, const std::string& names, std::optional<std::string>& target, const char* placeholder,
              const std::string& help, const char* group) {
  app.add_option(
         names,
         [&target](const CLI::results_t& given) {
           target = given.front();
           return true;
         },
         help)
      ->option_text(placeholder)
      ->group(group);
}

}  // namespace

bool prints_json(const Globals& globals) { return globals.json || !output_is_terminal(); }

void add_globals(CLI::App& root, Globals& globals) {
  constexpr auto* which = "Which clinic";
  add_text(
      root, "--storage", globals.storage, "URL",
      "The database: sqlite:clinic.db, postgresql://…, mysql://… (else CLINIC_STORAGE, else the configuration file)",
      which);
  add_text(root, "--config", globals.config, "FILE", "Configuration file, JSON; see docs/configuration.md", which);
  add_text(root, "--profile", globals.profile, "NAME",
           "Policy profile: a name of `clinic profile list`, or the path of a file", which);
  add_text(root, "--policy", globals.policy, "JSON", "Keys of the policy that differ from the profile", which);

  constexpr auto* who = "Who acts";
  add_text(root, "--as", globals.as, "NAME", "Name of the acting part of the clinic, for the audit (default: cli)",
           who);
  add_text(root, "--as-role", globals.as_role, "ROLE", "Do only what this role may", who);
  add_text(root, "--language", globals.language, "TAG", "The language of an error's words: en, ar, id", who);
  add_text(root, "--origin", globals.origin, "TEXT", "From where the call comes, for the audit", who);
  add_text(root, "--idempotency-key", globals.idempotency_key, "KEY",
           "The same call with the same key is done once and answers the same", who);

  constexpr auto* output = "Output";
  root.add_flag("--json", globals.json, "Print JSON, also on a terminal")->group(output);
  root.add_option(
          "--columns",
          [&globals](const CLI::results_t& given) {
            for (const auto& names : given)
              for (const auto& name : split(names, ','))
                globals.columns.push_back(snake(name));
            return true;
          },
          "Columns of tables, a,b,c")
      ->option_text("NAMES")
      ->group(output);
}

}  // namespace clinic::cli
