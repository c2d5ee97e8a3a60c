#pragma once

/// \file
/// The commands beside the operations. Each adds itself to the root command.

#include "../actions.hpp"
#include "../globals.hpp"

#include <CLI/CLI.hpp>

namespace clinic::cli {

void add_call_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_init_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_backup_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_restore_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_dispatch_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_doctor_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_serve_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_schema_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_profile_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_plugins_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_operations_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_errors_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_admin_command(CLI::App& root, Actions& actions, const Globals& globals);
void add_help_command(CLI::App& root, Actions& actions, const Globals& globals);

}  // namespace clinic::cli
