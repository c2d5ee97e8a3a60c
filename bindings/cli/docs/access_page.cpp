#include "markdown.hpp"
#include "pages.hpp"
#include "table/operations.hpp"

#include <clinic/description.hpp>
#include <clinic/words.hpp>

#include <algorithm>

namespace clinic::docs {
namespace {

std::string what_role_may(const bindings::Operation& operation, const std::string& role) {
  const auto& roles = operation.roles;
  if (operation.for_anyone()) return "all";
  if (std::find(roles.begin(), roles.end(), role) == roles.end()) return "";
  const auto scope = operation.scopes.find(role);
  return scope == operation.scopes.end() ? "all" : scope->second;
}

}  // namespace

std::string access_page() {
  auto page = generated_note("the operation table");
  page +=
      "# Access\n\n"
      "This page says who may call which operation, and on which records. A call that is not in the table is "
      "refused: an operation without roles does not compile.\n\n"
      "| Word | Means |\n"
      "|---|---|\n"
      "| all | on every record |\n"
      "| own | for oneself only: the caller's own user and patient |\n"
      "| linked | on the caller's own patient and on the dependents on the same account |\n"
      "| | refused with `forbidden` |\n\n"
      "- **Records outside of the caller's reach** are answered like records that do not exist: `not_found`. Others "
      "must not learn that somebody is a patient here. The reach is checked twice: before the operation, for the "
      "record that the request names, and where rows are read. Lists are narrowed before they are counted and "
      "paged.\n"
      "- **A system actor without a role** (`Actor::system(\"front-desk\")`) may do everything: the host vouches for "
      "it.\n"
      "- **`anyone`** means callers without a role, before they have logged in.\n"
      "- **A login with a password that must be changed first** may call only `auth.me`, `auth.change_password`, "
      "`auth.logout` and `auth.logout_everywhere`.\n"
      "- **Roles.** Only a superadmin changes a superadmin. Nobody changes the own role.\n\n"
      "## Medical data and the patient's account\n\n"
      "For patients' records the table is not the only rule. One more gate protects medical data: the medical "
      "history, and the fields that are `medical` in the [data dictionary](data_dictionary.md). While the gate is "
      "closed, these fields are answered empty, and `patients.medical_history.get` answers `forbidden` and says what "
      "to do. The gate applies to every caller who sees a patient as `own` or `linked`, also where the host has "
      "authenticated the patient itself (`Actor::user`). For staff the table alone decides. The gate has two "
      "conditions:\n\n"
      "1. **The patient's status.**\n\n"
      "   | Status | Means | Medical data |\n"
      "   |---|---|---|\n"
      "   | active | comes to the clinic | open |\n"
      "   | inactive | no longer comes; the record is kept, and the person may still read it | open |\n"
      "   | suspended | the clinic has suspended the patient, in a dispute or because of a suspicion | closed |\n"
      "   | merged | the record was merged into another one, which continues it | closed |\n\n"
      "   The status does not close the account: its owner still logs in and changes contacts. Deactivate the user "
      "(`users.update`) to close it.\n"
      "2. **Whose account it is.** This condition applies where the policy `portal_medical_access` is "
      "`proven_person`, as in `standard` and by default: the account must be proven to be the patient's. "
      "[Logins](authentication.md#whose-account-it-is) says how. A receptionist may make accounts and change "
      "contacts, but may not read medical histories. So an account that a receptionist made, or whose email a "
      "receptionist changed, must not show them.\n\n"
      "   With `any_account`, as in all profiles but `standard`, every account sees its medical data at once. They "
      "have it because their documents promise the patient the portal right after the registration, with a "
      "password that the desk hands out. It allows what `proven_person` refuses: a receptionist who keeps that "
      "password, or changes the email of an account and has its password reset, reads that patient's history. The "
      "owner of an account in use is told at the old contact. Choose `any_account` where everybody at the desk may "
      "know what is in the records.\n\n"
      "The gate does not protect against administrators. An administrator who appoints staff can appoint a doctor, "
      "or change a doctor's email, and so read what doctors read. This cannot be separated from the right to "
      "appoint. The audit records it, and the doctor is told of a changed contact. The gate does not protect against "
      "the host either, whose system actors may do everything.\n\n"
      "## The table\n\n";
  std::vector<std::string> head{"Operation"};
  for (auto role : describe<Role>().words)
    head.emplace_back(role);
  head.emplace_back("anyone");
  page += table_head(head);
  for (const auto& operation : bindings::operation_table()) {
    std::vector<std::string> cells{"[" + code(operation.name) + "](operations.md#" + anchor(operation.name) + ")"};
    for (std::size_t i = 1; i < head.size(); ++i)
      cells.push_back(what_role_may(operation, head[i]));
    page += table_row(cells);
  }
  return page;
}

}  // namespace clinic::docs
