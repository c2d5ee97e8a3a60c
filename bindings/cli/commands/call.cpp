#include "../answer_view.hpp"
#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"
#include "table/operations.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace clinic::cli {
namespace {

std::string whole(std::istream& in) { return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}; }

/// `-`: standard input; `@file`: a file; else the text itself.
std::string request_text(const std::string& given) {
  if (given == "-") return whole(std::cin);
  if (!given.starts_with('@')) return given;
  std::ifstream file(given.substr(1), std::ios::binary);
  if (!file) throw UsageError("the file '" + given.substr(1) + "' cannot be read");
  return whole(file);
}

int call_by_name(const std::string& name, const std::string& given, const Globals& globals) {
  const auto* operation = find_operation(name);
  if (!operation) {
    // The SDK would refuse it as well; here nothing need be opened to say so, and what was meant.
    auto meant = similar_operation(name);
    throw UsageError("there is no operation '" + name + "'" + (meant.empty() ? "" : "; did you mean " + meant + "?"));
  }
  const auto request = request_text(given);
  return with_session(globals, [&](const Session& session) {
    const auto text = call(session, name, request, globals);
    const auto answer = boost::json::parse(text);
    std::cout << (output_is_terminal() ? indented(answer) : text) << '\n';
    return operation->tells_of_fault(answer) ? refused : done;
  });
}

}  // namespace

void add_call_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command = root.add_subcommand("call", "Call an operation with a JSON request; prints the answer as JSON")
                      ->group("Commands");
  auto operation = std::make_shared<std::string>();
  auto request = std::make_shared<std::string>("{}");
  auto keep = [](std::shared_ptr<std::string> target) {
    return [target](const CLI::results_t& given) {
      *target = given.front();
      return true;
    };
  };
  command->add_option("OPERATION", keep(operation), "Its name, patients.register; see clinic operations")->required();
  command->add_option("JSON", keep(request), "The request; - reads standard input, @FILE a file; none: {}");
  command->footer(
      "Errors go to standard error, as JSON where that is no terminal, or with --json. Exit codes: see clinic --help");
  actions[command] = [=, &globals] { return call_by_name(*operation, *request, globals); };
}

}  // namespace clinic::cli
