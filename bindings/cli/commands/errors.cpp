#include "../exit_codes.hpp"
#include "../table.hpp"
#include "../terminal.hpp"
#include "commands.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

#include <iostream>

namespace clinic::cli {
namespace {

boost::json::object as_json(const ErrorInfo& error) {
  auto text = [](std::string_view view) { return boost::json::string(view.data(), view.size()); };
  return {{"code", text(error.word)},
          {"status", error.http_status},
          {"retryable", error.retryable},
          {"message", text(error.message)},
          {"remedy", text(error.remedy)}};
}

int run(const Globals& globals) {
  if (globals.json || !output_is_terminal()) {
    boost::json::array errors;
    for (const auto& error : error_table())
      errors.push_back(as_json(error));
    std::cout << boost::json::object{{"errors", std::move(errors)}} << '\n';
    return done;
  }
  Table table{{"code", "status", "retry", "message", "what to do"}, {}, {false, true, false, false, false}};
  for (const auto& error : error_table())
    table.rows.push_back({std::string(error.word), std::to_string(error.http_status), error.retryable ? "yes" : "no",
                          std::string(error.message), std::string(error.remedy)});
  table.print(std::cout, terminal_width());
  return done;
}

}  // namespace

void add_errors_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command = root.add_subcommand("errors", "List the error codes, with what to do about each")->group("Commands");
  actions[command] = [&globals] { return run(globals); };
}

}  // namespace clinic::cli
