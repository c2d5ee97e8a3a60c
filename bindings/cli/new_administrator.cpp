#include "new_administrator.hpp"

#include "secret_input.hpp"
#include "terminal.hpp"
#include "usage_error.hpp"

#include <boost/json.hpp>

#include <string>

namespace clinic::cli {
namespace {

std::string password(bool from_input) {
  if (from_input) return ask_secret("password");
  if (!input_is_terminal())
    throw UsageError("there is no terminal to ask for the password: give --password-stdin, and a line of input");
  auto first = ask_secret("password");
  if (ask_secret("password again") != first) throw UsageError("the two passwords differ; nothing was made");
  return first;
}

}  // namespace

void NewAdministrator::ask_password() { request["password"] = password(password_from_input); }

}  // namespace clinic::cli
