#include "../exit_codes.hpp"
#include "../table.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

#include <iostream>
#include <memory>

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

const ErrorInfo& find(const std::string& code) {
  std::vector<std::string> codes;
  for (const auto& error : error_table()) {
    if (error.word == code) return error;
    codes.emplace_back(error.word);
  }
  const auto meant = nearest(code, codes);
  throw UsageError("there is no error '" + harmless(code) + "'" +
                   (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

void show(const ErrorInfo& error) {
  const auto width = terminal_width();
  std::cout << styled(error.word, Style::bold) << "  status " << error.http_status
            << (error.retryable ? ", may pass: try again" : ", does not pass by itself") << '\n'
            << wrap(error.message, width, 0) << '\n'
            << wrap(error.remedy, width, 0) << '\n';
}

/// `code`: only this one; all of them where it is empty.
int show_errors(const std::string& code, const Globals& globals) {
  const bool json = prints_json(globals);
  if (!code.empty()) {
    const auto& error = find(code);
    if (json)
      std::cout << as_json(error) << '\n';
    else
      show(error);
    return done;
  }
  if (json) {
    boost::json::array errors;
    for (const auto& error : error_table())
      errors.push_back(as_json(error));
    std::cout << boost::json::object{{"errors", std::move(errors)}} << '\n';
    return done;
  }
  Table table{{"code", "status", "retry", "what it says, and what to do"}, {}, {false, true, false, false}, true};
  for (const auto& error : error_table())
    table.rows.push_back(
        {std::string(error.word), std::to_string(error.http_status), error.retryable ? "yes" : "no",
         std::string(error.message) + (error.message.ends_with('.') ? " " : ". ") + std::string(error.remedy)});
  table.print(std::cout, terminal_width());
  return done;
}

}  // namespace

void add_errors_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command = root.add_subcommand("errors", "List the error codes, with what to do about each")->group("Commands");
  auto code = std::make_shared<std::string>();
  command->add_option(
      "CODE",
      [code](const CLI::results_t& given) {
        *code = given.front();
        return true;
      },
      "Only this one");
  actions[command] = [code, &globals] { return show_errors(*code, globals); };
}

}  // namespace clinic::cli
