#include "table/operations.hpp"

#include "../exit_codes.hpp"
#include "../table.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "commands.hpp"

#include <clinic/open.hpp>

#include <iostream>

namespace clinic::cli {
namespace {

int list_operations(const Globals& globals) {
  if (prints_json(globals)) {
    std::cout << clinic::operation_table_json() << '\n';
    return done;
  }
  Table table{{"operation", "what it does (who may call it)"}, {}, {}, true};
  for (const auto& operation : operation_table())
    table.rows.push_back({operation.name, operation.help + " (" + join(operation.roles, ", ") + ")"});
  table.print(std::cout, terminal_width());
  return done;
}

}  // namespace

void add_operations_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("operations", "List the operations; with --json, with their schemas")->group("Commands");
  actions[command] = [&globals] { return list_operations(globals); };
}

}  // namespace clinic::cli
