#pragma once

/// \file
/// The friendly form: one command for each operation of the table, one flag for each field of its request.

#include "actions.hpp"
#include "globals.hpp"

namespace clinic::cli {

/// Adds `patients register`, `patients medical-history get`, … to the root command.
void add_operation_commands(CLI::App& root, Actions& actions, const Globals& globals);

}  // namespace clinic::cli
