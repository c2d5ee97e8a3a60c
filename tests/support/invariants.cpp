#include "support/invariants.hpp"

#include "records/record_model.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace clinic::test {
namespace {

struct Rule {
  std::string_view name;
  std::string_view offenders;  ///< a query of one column, `offender`
};

constexpr Rule rules[] = {
    {"an account with another id than its patient",
     "SELECT id AS offender FROM users WHERE role = 'patient' AND patient_id IS NOT NULL AND patient_id <> id"},
    {"an account that its patient does not name",
     "SELECT u.id AS offender FROM users u JOIN patients p ON p.id = u.patient_id "
     "WHERE COALESCE(p.account_id, '') <> u.id"},
    {"a patient with half an account",
     "SELECT p.id AS offender FROM patients p LEFT JOIN users u ON u.id = p.account_id "
     "WHERE p.account_id IS NOT NULL AND (u.id IS NULL OR COALESCE(u.patient_id, '') <> p.id)"},
    {"patients with one email",
     "SELECT lower(email) AS offender FROM patients WHERE email IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1"},
    {"patients with one number", "SELECT number AS offender FROM patients GROUP BY 1 HAVING COUNT(*) > 1"},
    {"patients with one national ID",
     "SELECT replace(replace(lower(national_id), '-', ''), ' ', '') AS offender FROM patients "
     "WHERE national_id IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1"},
    {"accounts with one email",
     "SELECT lower(email) AS offender FROM users WHERE email IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1"},
    {"accounts with one username", "SELECT lower(username) AS offender FROM users GROUP BY 1 HAVING COUNT(*) > 1"},
    {"accounts with one phone to log in with",
     "SELECT phone_login_key AS offender FROM users WHERE phone_login_key IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1"},
    {"a patient's email without its normal form",
     "SELECT id AS offender FROM patients WHERE COALESCE(email_key, '') <> COALESCE(lower(email), '')"},
    {"an account's email without its normal form",
     "SELECT id AS offender FROM users WHERE COALESCE(email_key, '') <> COALESCE(lower(email), '')"},
    {"a patient of whom the audit says nothing",
     "SELECT id AS offender FROM patients p WHERE created_by <> 'seed' AND NOT EXISTS "
     "(SELECT 1 FROM audit_entries a WHERE a.patient_id = p.id AND a.outcome = 'done')"},
    {"a linked account of which the audit says nothing",
     "SELECT id AS offender FROM users u WHERE patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_entries a "
     "WHERE a.patient_id = u.patient_id AND a.resource_id = u.id AND a.outcome = 'done' AND "
     "(a.resource_type = 'user' OR a.metadata LIKE '%\"portal_account_created\":true%'))"},
    {"an audited deed on a patient that is not there",
     "SELECT a.id AS offender FROM audit_entries a LEFT JOIN patients p ON p.id = a.patient_id "
     "WHERE a.outcome = 'done' AND a.patient_id IS NOT NULL AND p.id IS NULL"},
    {"a patient without its one event",
     "SELECT p.id AS offender FROM patients p LEFT JOIN events e ON e.resource_id = p.id AND "
     "e.type = 'patient.registered' WHERE p.created_by <> 'seed' GROUP BY p.id HAVING COUNT(e.id) <> 1"},
    {"an event of a patient that is not there",
     "SELECT e.id AS offender FROM events e LEFT JOIN patients p ON p.id = e.resource_id "
     "WHERE e.type = 'patient.registered' AND p.id IS NULL"},
    {"an open link of an account that is inactive",
     "SELECT t.id AS offender FROM single_use_tokens t JOIN users u ON u.id = t.user_id "
     "WHERE t.spent_at IS NULL AND u.active = 0"},
    {"a number that its sequence will give out again",
     "SELECT number AS offender FROM patients WHERE number LIKE 'P20%' AND "
     "CAST(substr(number, 6) AS DECIMAL) >= (SELECT MAX(next_value) FROM number_blocks)"},
};

constexpr Rule all_linked = {"an active patient's account without a patient",
                             "SELECT id AS offender FROM users "
                             "WHERE role = 'patient' AND active = 1 AND patient_id IS NULL"};
constexpr Rule sqlite_damage = {
    "damage", "SELECT integrity_check AS offender FROM pragma_integrity_check WHERE integrity_check <> 'ok'"};

/// Rows that refer to somebody who is not there, though they would have gone with that person.
std::vector<std::pair<std::string, std::string>> dangling_references() {
  std::vector<std::pair<std::string, std::string>> rules;
  for (const auto& type : record_types())
    for (const auto& reference : type.references) {
      const bool to_patient = reference.refers_to == RefersTo::patient;
      if ((!to_patient && reference.refers_to != RefersTo::user) || reference.on_erasure == OnErasure::stay) continue;
      const std::string table(type.table), field(reference.field), people = to_patient ? "patients" : "users";
      rules.emplace_back(table + "." + field + " names nobody",
                         "SELECT r.id AS offender FROM " + table + " r LEFT JOIN " + people + " p ON p.id = r." +
                             field + " WHERE r." + field + " IS NOT NULL AND p.id IS NULL");
    }
  return rules;
}

std::string in_quotes(std::string_view text) {
  std::string quoted;
  for (char c : text)
    quoted.append(c == '\'' ? 2 : 1, c);
  return quoted;
}

}  // namespace

std::vector<std::string> broken_invariants(const TestDatabase& database, Accounts accounts) {
  std::string sql;
  auto add = [&](const auto& rule) {
    const auto& [name, offenders] = rule;
    sql += sql.empty() ? "" : " UNION ALL ";
    sql.append("SELECT '").append(in_quotes(name)).append("' AS rule, offender FROM (");
    sql.append(offenders).append(") offenders");
  };
  for (const auto& rule : rules)
    add(rule);
  for (const auto& rule : dangling_references())
    add(rule);
  if (accounts == Accounts::all_linked) add(all_linked);
  if (database.backend() == Backend::sqlite) add(sqlite_damage);
  std::vector<std::string> broken;
  for (const auto& row : database.rows(sql))
    broken.push_back(std::string(row.at("rule").as_string()) + ": " + boost::json::serialize(row.at("offender")));
  return broken;
}

std::string unlinked_user_sql(const std::string& id, const std::string& email) {
  return "INSERT INTO users (id, username, username_key, email, email_key, password_change_required, first_name, "
         "last_name, "
         "name_key, role, user_type, superadmin, active, failed_logins, created_at, updated_at, lock_count, version) "
         "VALUES ('" +
         id + "', '" + email + "', '" + email + "', '" + email + "', '" + email +
         "', 0, 'Mona', 'Fahmy', 'mona fahmy', 'patient', 'patient', 0, 1, 0, 0, 0, 0, 1);";
}

}  // namespace clinic::test
