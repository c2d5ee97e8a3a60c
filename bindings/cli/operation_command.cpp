#include "operation_command.hpp"

#include "answer_view.hpp"
#include "exit_codes.hpp"
#include "opened_clinic.hpp"
#include "request_flags.hpp"
#include "table/operations.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace clinic::cli {
namespace {

/// The command of that name below, made where it is missing.
CLI::App& child(CLI::App& parent, const std::string& name) {
  for (auto* existing : parent.get_subcommands([](CLI::App*) { return true; }))
    if (existing->get_name() == name) return *existing;
  return *parent.add_subcommand(name)->require_subcommand(0, 1)->group("Commands");
}

std::string operation_footer(const Operation& operation) {
  auto lines = "May be called by: " + join(operation.roles, ", ") + "\nThe same as: clinic call " + operation.name +
               " JSON\nOver HTTP: " + operation.http.method + " /api/v1" + operation.http.path;
  if (!operation.fault_field.empty())
    lines += "\nExit code 1 where `" + operation.fault_field + "` says that not all is as it should be";
  if (!operation.errors.empty()) lines += "\nErrors: " + join(operation.errors, ", ") + "; see clinic errors";
  return lines;
}

/// Of a page's records; an answer that is no page has no columns to choose from.
void check_columns(const Operation& operation, const std::vector<std::string>& columns) {
  if (columns.empty()) return;
  std::vector<std::string> known;
  for (const auto& field : operation.response)
    if (field.name == "items")
      for (const auto& column : field.fields)
        known.push_back(column.name);
  if (known.empty()) throw UsageError("--columns is for pages of records, and " + operation.name + " answers none");
  for (const auto& column : columns) {
    if (std::find(known.begin(), known.end(), column) != known.end()) continue;
    const auto meant = nearest(column, known);
    throw UsageError("--columns: there is no column '" + harmless(column) + "'" +
                     (meant.empty() ? ", but " + join(known, ", ") : "; did you mean " + meant + "?"));
  }
}

int run_operation(const Operation& operation, const boost::json::object& request, const Globals& globals) {
  return with_session(globals, [&](const Session& session) {
    const auto text = call(session, operation.name, boost::json::serialize(request), globals);
    const auto answer = boost::json::parse(text);
    if (prints_json(globals))
      std::cout << text << '\n';
    else
      print_answer(answer, globals.columns, std::cout);
    return operation.tells_of_fault(answer) ? refused : done;
  });
}

/// What a group's line in help says: the commands in it.
void describe_groups(CLI::App& app) {
  std::vector<std::string> names;
  for (auto* sub : app.get_subcommands([](CLI::App*) { return true; })) {
    describe_groups(*sub);
    names.push_back(sub->get_name());
  }
  if (app.get_description().empty()) app.description(join(names, ", "));
}

}  // namespace

void add_operation_commands(CLI::App& root, Actions& actions, const Globals& globals) {
  for (const auto& operation : operation_table()) {
    auto* command = &root;
    for (const auto& word : split(operation.name, '.')) {
      command = &child(*command, kebab(word));
      if (command->get_parent() == &root) command->group("Operations");
    }
    command->description(operation.help);
    command->footer(operation_footer(operation));
    auto flags = std::make_shared<RequestFlags>(*command, operation);
    actions[command] = [&operation, &globals, flags] {
      check_columns(operation, globals.columns);
      return run_operation(operation, flags->request(), globals);
    };
  }
  for (auto* group : root.get_subcommands([](CLI::App* sub) { return sub->get_group() == "Operations"; }))
    describe_groups(*group);
}

}  // namespace clinic::cli
