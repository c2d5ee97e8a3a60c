#include "markdown.hpp"
#include "operation_table.hpp"
#include "pages.hpp"

#include <clinic/description.hpp>
#include <clinic/model/words.hpp>

#include <algorithm>

namespace clinic::docs {
namespace {

std::string what_role_may(const cli::Operation& operation, const std::string& role) {
  const auto& roles = operation.roles;
  if (std::find(roles.begin(), roles.end(), "anyone") != roles.end()) return "all";
  if (std::find(roles.begin(), roles.end(), role) == roles.end()) return "";
  const auto scope = operation.scopes.find(role);
  return scope == operation.scopes.end() ? "all" : scope->second;
}

}  // namespace

std::string access_page() {
  auto page = generated_note("the operation table");
  page +=
      "# Access\n\n"
      "Who may call what, and on which records. What is not in the table is refused: an operation without roles does "
      "not compile.\n\n"
      "| Word | Means |\n|---|---|\n"
      "| all | on every record |\n"
      "| own | for oneself only: the caller's own user and patient |\n"
      "| linked | on the caller's own patient and on the dependents on the same account |\n"
      "| | refused with `forbidden` |\n\n"
      "A record outside of the caller's reach is answered as one that is not there, `not_found`: that somebody is a "
      "patient here is nobody else's to know. It is looked at twice: before the operation, for the record that the "
      "request names, and where rows are read; lists are narrowed before they are counted and paged.\n\n"
      "A system actor without a role (`Actor::system(\"front-desk\")`) may do everything: the host vouches for it. "
      "`anyone` are callers without a role, before they have logged in. A login with a password that must be changed "
      "first may do nothing but `auth.me`, `auth.change_password`, `auth.logout` and `auth.logout_everywhere`. Only a "
      "superadmin changes a superadmin; nobody changes the own role.\n\n";
  std::vector<std::string> head{"Operation"};
  for (auto role : describe<Role>().words)
    head.emplace_back(role);
  head.emplace_back("anyone");
  page += table_head(head);
  for (const auto& operation : cli::operation_table()) {
    std::vector<std::string> cells{"[" + code(operation.name) + "](operations.md#" + anchor(operation.name) + ")"};
    for (std::size_t i = 1; i < head.size(); ++i)
      cells.push_back(what_role_may(operation, head[i]));
    page += table_row(cells);
  }
  return page;
}

}  // namespace clinic::docs
