#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../table.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"
#include "table/operations.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clinic::cli {
namespace {

struct Examination {
  bool plan = false, apply = false;
  std::optional<std::string> contacts_of;
};

namespace json = boost::json;

std::string text_of(const json::value& value) { return harmless(std::string_view(value.as_string())); }

std::string records(const json::object& found) {
  std::vector<std::string> parts;
  for (const auto& [field, kind] : {std::pair("user_id", "user "), std::pair("patient_id", "patient ")})
    if (found.at(field).is_string()) parts.push_back(kind + text_of(found.at(field)));
  return join(parts, ", ");
}

void say_more(const json::object& report, const char* count, std::size_t shown) {
  const auto more = report.at(count).to_number<std::size_t>() - shown;
  if (more > 0) std::cout << "and " << more << " more\n";
}

void list(const json::object& report, const char* field, const char* count) {
  Table table{{"fault", "records", "what is wrong, and what to do"}, {}, {}, true};
  for (const auto& problem : report.at(field).as_array())
    table.rows.push_back({text_of(problem.at("fault")), records(problem.as_object()),
                          text_of(problem.at("message")) + " " + text_of(problem.at("remedy"))});
  table.print(std::cout, terminal_width());
  say_more(report, count, table.rows.size());
}

void show_check(const json::object& checked) {
  const bool valid = checked.at("valid").as_bool();
  const auto problems = json::serialize(checked.at("problem_count"));
  std::cout << checked.at("users_seen") << " users and " << checked.at("patients_seen") << " patients: "
            << (valid ? styled("all is well", Style::green) : styled(problems + " problems", Style::red)) << '\n';
  if (!valid) list(checked, "problems", "problem_count");
  if (!checked.at("differences").as_array().empty()) {
    std::cout << "\nDifferences that may be meant: " << checked.at("difference_count") << '\n';
    list(checked, "differences", "difference_count");
  }
  if (!valid) std::cout << "\n`clinic doctor --plan` shows how they are mended, `--apply` mends them.\n";
}

void show_repair(const json::object& repaired) {
  const auto& steps = repaired.at("steps").as_array();
  if (steps.empty()) {
    std::cout << styled("nothing to do", Style::green) << '\n';
    return;
  }
  Table table{{"state", "fault", "records", "what is done, or why nothing is"}, {}, {}, true};
  for (const auto& step : steps)
    table.rows.push_back(
        {text_of(step.at("state")), text_of(step.at("fault")), records(step.as_object()), text_of(step.at("action"))});
  table.print(std::cout, terminal_width());
  say_more(repaired, "step_count", steps.size());
  std::cout << "planned " << repaired.at("planned") << ", done " << repaired.at("repaired") << ", left for people "
            << repaired.at("left") << '\n';
}

json::object repair_request(const Examination& wanted) {
  json::object request{{"dry_run", !wanted.apply}};
  if (!wanted.contacts_of) return request;
  if (*wanted.contacts_of != "account" && *wanted.contacts_of != "patient")
    throw UsageError("--contacts-of: account or patient, not '" + harmless(*wanted.contacts_of) + "'");
  request["contacts_of"] = *wanted.contacts_of;
  return request;
}

int examine(const Examination& wanted, const Globals& globals) {
  const bool checks = !wanted.plan && !wanted.apply;
  if (checks && wanted.contacts_of) throw UsageError("--contacts-of goes with --plan or --apply");
  const auto request = checks ? json::object() : repair_request(wanted);
  const auto& operation = *find_operation(checks ? "sync.check" : "sync.repair");
  return with_session(globals, [&](const Session& session) {
    const auto text = call(session, operation.name, json::serialize(request), globals);
    const auto report = json::parse(text);
    if (prints_json(globals))
      std::cout << text << '\n';
    else if (checks)
      show_check(report.as_object());
    else
      show_repair(report.as_object());
    return operation.tells_of_fault(report) ? refused : done;
  });
}

}  // namespace

void add_doctor_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command = root.add_subcommand("doctor", "Check that users and patients belong together, and mend what does not")
                      ->group("Commands");
  const auto wanted = std::make_shared<Examination>();
  auto* plan = command->add_flag("--plan", wanted->plan, "Show how each problem is mended; changes nothing");
  auto* apply = command->add_flag("--apply", wanted->apply, "Mend them, each in a transaction of its own");
  plan->excludes(apply);
  command->add_option("--contacts-of", wanted->contacts_of, "Whose email and phone stand where those of a pair differ")
      ->option_text("account|patient");
  command->footer(
      "Without a flag: checks, and changes nothing. Exit code 1 where something is wrong, or is left for people to "
      "decide.\n"
      "It may be stopped at any moment, and run again. docs/troubleshooting.md tells of each fault. `clinic system "
      "check` looks\n"
      "at files, messages and single records.");
  actions[command] = [wanted, &globals] { return examine(*wanted, globals); };
}

}  // namespace clinic::cli
