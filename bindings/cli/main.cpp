/// \file
/// The command line tool. Its operations, flags and help come from the operation table.

#include "commands/commands.hpp"
#include "exit_codes.hpp"
#include "help_page.hpp"
#include "operation_command.hpp"
#include "usage_error.hpp"
#include "usage_report.hpp"

#include <clinic/open.hpp>

#include <algorithm>
#include <clocale>
#include <iostream>

namespace clinic::cli {
namespace {

constexpr auto* root_footer =
    "Answers are JSON where standard output is no terminal, else tables; errors likewise, on standard error. "
    "CLINIC_LOG_LEVEL=info adds the log there.\n"
    "Exit codes: 0 done; 1 the operation answered an error, or that not all is as it should be (the audit is not "
    "valid, "
    "users were not imported: see the command's help); 2 the command line is not understood; 3 the clinic could "
    "not be opened; 70 "
    "something unforeseen; 75 an error that may pass, try again.";

/// The arguments in CLI11's reverse order. CLI11 takes the next word for the value of `--flag=`: here it becomes
/// `--flag ''`.
std::vector<std::string> arguments(int count, char** values) {
  std::vector<std::string> result;
  bool flags_ended = false;
  for (int i = 1; i < count; ++i) {
    std::string word = values[i];
    flags_ended = flags_ended || word == "--";
    bool empty_value = !flags_ended && word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1;
    if (empty_value) {
      word.pop_back();
      result.push_back(word);
      result.emplace_back();
    } else {
      result.push_back(word);
    }
  }
  std::reverse(result.begin(), result.end());
  return result;
}

int dispatch(const CLI::App& root, const Actions& actions) {
  const auto& command = reached(root);
  auto action = actions.find(&command);
  if (action != actions.end()) return action->second();
  const bool alone = &command == &root;  // is a question, not a mistake
  (alone ? std::cout : std::cerr) << root.help();
  return alone ? done : wrong_usage;
}

int run(int count, char** values) {
  CLI::App root("Patients and users of a clinic, in step.", "clinic");
  root.formatter(std::make_shared<HelpPage>());
  root.set_help_flag("-h,--help", "Print this help")->group("Output");
  root.set_version_flag("--version", "clinic " + std::string(clinic::version()), "Print the version")->group("Output");
  root.fallthrough();
  root.require_subcommand(0, 1);
  root.footer(root_footer);
  Globals globals;
  Actions actions;
  add_globals(root, globals);
  root.option_defaults()->group("Options");
  add_operation_commands(root, actions, globals);
  for (auto add :
       {add_call_command, add_init_command, add_admin_command, add_serve_command, add_schema_command,
        add_doctor_command, add_dispatch_command, add_backup_command, add_restore_command, add_profile_command,
        add_plugins_command, add_operations_command, add_errors_command, add_help_command})
    add(root, actions, globals);
  try {
    root.parse(arguments(count, values));
    return dispatch(root, actions);
  } catch (const CLI::CallForHelp&) {
    std::cout << root.help();
    return done;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
    return done;
  } catch (const CLI::ParseError& error) {
    report_usage(root, error);
  } catch (const UsageError& error) {
    report_usage(root, error.what());
  }
  return wrong_usage;
}

}  // namespace
}  // namespace clinic::cli

int main(int count, char** values) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // for the widths of characters
  try {
    return clinic::cli::run(count, values);
  } catch (const std::exception& error) {
    std::cerr << "clinic: " << error.what() << '\n';
    return clinic::cli::failed;
  }
}
