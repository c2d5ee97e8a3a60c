#include "markdown.hpp"
#include "operation_table.hpp"
#include "pages.hpp"

#include <clinic/description.hpp>
#include <clinic/words.hpp>

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
      "superadmin changes a superadmin; nobody changes the own role.\n\n"
      "## Medical data and the patient's account\n\n"
      "What the table says of patients holds for their records. Medical data (the medical history, and the fields that "
      "are `medical` in the [data dictionary](data_dictionary.md)) is shown to them through one more gate: fields that "
      "are closed are answered empty, and `patients.medical_history.get` is `forbidden` and says what to do. The gate "
      "is for whoever sees a patient as `own` or `linked`, also where the host has authenticated the patient itself "
      "(`Actor::user`); for staff the table alone decides.\n\n"
      "1. **The patient's status.**\n\n"
      "   | Status | Means | Medical data |\n   |---|---|---|\n"
      "   | active | comes to the clinic | open |\n"
      "   | inactive | comes no more; the record is kept, and is still the person's to read | open |\n"
      "   | suspended | the clinic has stopped it, in a dispute or for a suspicion | closed |\n"
      "   | merged | a tombstone; the record goes on in another | closed |\n\n"
      "   The account itself is not closed by it: its owner logs in and changes contacts. Deactivate the user "
      "(`users.update`) to close it.\n"
      "2. **Whose account it is**, where the policy `portal_medical_access` is `proven_person`, as in `standard` and "
      "wherever nothing is said: the account must be proven to be the patient's. [Logins](authentication.md#"
      "whose-account-it-is) says how. A receptionist may make accounts and change contacts, but may not read medical "
      "histories; so an account that he made, or whose email he changed, must not show them to him.\n\n"
      "   With `any_account`, as in `portal` and `email-sync`, whoever has the account sees its medical data at once. "
      "Both have it because their documents promise the patient the portal right after the registration, with a "
      "password that the desk hands out. It allows what `proven_person` refuses: a receptionist who keeps that "
      "password, or changes the email of an account and has its password reset, reads that patient's history. The "
      "owner of an account in use is told at the old contact. Choose it where everybody at the desk may know what is "
      "in the records.\n\n"
      "Neither protects from administrators. Who appoints staff can appoint a doctor, or change a doctor's email, and "
      "so read what doctors read; that is in the nature of appointing. The audit has it, and the doctor is told of a "
      "changed contact. Nor does it protect from the host, whose system actors may do everything.\n\n"
      "## The table\n\n";
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
