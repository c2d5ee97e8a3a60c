#pragma once

#include <string>
#include <vector>

namespace clinic::test {

enum class Accounts { all_linked, some_unlinked };

/// What does not hold in a clinic's SQLite file though it must whatever happened, a line for each; empty when all is
/// well. Looked at beside the SDK. Speaks of clinics without guardians' accounts, whose patients' numbers are the
/// pattern's P{year}{seq} or begin with another letter. Patients `created_by` seed were not made by the SDK and owe no
/// audit.
std::vector<std::string> broken_invariants(const std::string& file, Accounts accounts = Accounts::all_linked);

/// The one number that an SQL query answers.
std::int64_t sqlite_number(const std::string& file, const std::string& sql);

/// SQL that inserts a patient-role user without a patient, as an import from elsewhere leaves it.
std::string unlinked_user_sql(const std::string& id, const std::string& email);

}  // namespace clinic::test
