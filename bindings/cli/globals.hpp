#pragma once

/// \file
/// The options of every command: which clinic, who acts, how to print.

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace clinic::cli {

struct Globals {
  std::optional<std::string> config, storage, profile, policy;
  std::optional<std::string> as, as_role, origin, idempotency_key, language;
  std::vector<std::string> columns;
  bool json = false;
};

/// Whether an answer is printed as JSON: where somebody asked for it, and where no person reads it.
bool prints_json(const Globals& globals);

/// Adds the options to the root command; they may stand before or behind the words of a command.
void add_globals(CLI::App& root, Globals& globals);

}  // namespace clinic::cli
