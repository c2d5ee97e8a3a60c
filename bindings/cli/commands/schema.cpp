#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "commands.hpp"

#include <clinic/schema.hpp>

#include <boost/json.hpp>

#include <iostream>

namespace clinic::cli {
namespace {

std::string_view state(const SchemaStatus& status) {
  if (status.newer()) return "newer";
  if (status.current()) return "current";
  return status.present == 0 ? "none" : "older";
}

std::string in_words(const SchemaStatus& status) {
  const auto present = "version " + std::to_string(status.present);
  if (status.newer()) return present + ", newer than " + std::to_string(status.expected) + " of this program";
  if (status.current()) return present + ", as it should be";
  if (status.present == 0) return "none yet; `clinic schema migrate` makes it";
  return present + ", older than " + std::to_string(status.expected) + " of this program; `clinic schema migrate`";
}

/// Prints the status, and for a migration from where it came.
void print(const SchemaStatus& status, const SchemaStatus* before, const Globals& globals) {
  if (prints_json(globals)) {
    boost::json::object answer{{"present", status.present}, {"expected", status.expected}, {"state", state(status)}};
    if (before) answer["migrated_from"] = before->present;
    std::cout << answer << '\n';
    return;
  }
  if (before && before->current())
    std::cout << "nothing to do\n";
  else if (before)
    std::cout << "migrated from version " << before->present << '\n';
  std::cout << "schema: " << in_words(status) << '\n';
}

int show_status(const Globals& globals) {
  return with_configuration(globals, [&](const Configuration& configuration) {
    refuse_missing_file(configuration);
    const auto status = schema_status(configuration);
    print(status, nullptr, globals);
    return status.current() ? done : refused;
  });
}

int migrate(const Globals& globals) {
  return with_configuration(globals, [&](const Configuration& configuration) {
    refuse_missing_file(configuration, MissingFile::made);
    const auto before = migrate_schema(configuration, environment(configuration));
    print(schema_status(configuration), &before, globals);
    return done;
  });
}

}  // namespace

void add_schema_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("schema", "Look at the database's schema, or bring it forward")->group("Commands");
  command->require_subcommand(1);
  auto* status = command->add_subcommand("status", "Which version the database has, and which this program needs");
  status->footer("Changes nothing. Exit code 1 unless the schema is current.");
  actions[status] = [&globals] { return show_status(globals); };
  auto* forward = command->add_subcommand("migrate", "Create the schema, or bring it forward");
  forward->footer("Safe beside other processes that do the same. A newer schema is refused.");
  actions[forward] = [&globals] { return migrate(globals); };
}

}  // namespace clinic::cli
