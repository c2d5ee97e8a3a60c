#include "../answer_view.hpp"
#include "../exit_codes.hpp"
#include "../new_administrator.hpp"
#include "../opened_clinic.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace clinic::cli {
namespace {

int create(NewAdministrator wanted, const Globals& globals) {
  if (!wanted.has_login()) throw UsageError("missing: --email or --username, to log in with");
  wanted.ask_password();
  return with_session(globals, [&](const Session& session) {
    const auto answer = call(session, "users.create", boost::json::serialize(wanted.request), globals);
    if (prints_json(globals))
      std::cout << answer << '\n';
    else
      print_answer(boost::json::parse(answer).at("user"), {}, std::cout);
    return done;
  });
}

}  // namespace

void add_admin_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* group = root.add_subcommand("admin", "Make an administrator, the first one included")->group("Commands");
  group->require_subcommand(0, 1);
  auto* command = group->add_subcommand("create", "Make an administrator who logs in with a password");
  auto wanted = std::make_shared<NewAdministrator>();
  auto field = [&](const char* flag, const char* name, const char* placeholder, const char* help) {
    command
        ->add_option(
            flag,
            [wanted, name](const CLI::results_t& given) {
              wanted->request[name] = given.front();
              return true;
            },
            help)
        ->option_text(placeholder);
  };
  field("--email", "email", "EMAIL", "To log in with, and for messages");
  field("--username", "username", "TEXT", "To log in with; else the email");
  field("--first-name", "first_name", "TEXT", "Given name");
  field("--last-name", "last_name", "TEXT", "Family name");
  command->add_flag_callback(
      "--admin", [wanted] { wanted->request["role"] = "admin"; }, "With the role admin, instead of superadmin");
  command->add_flag("--password-stdin", wanted->password_from_input,
                    "Take the password from a line of standard input, instead of asking for it twice without echo");
  command->footer("It is users.create, with the password kept off the command line, where others could read it.");
  actions[command] = [wanted, &globals] { return create(*wanted, globals); };
}

}  // namespace clinic::cli
