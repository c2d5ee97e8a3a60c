#pragma once

#include "support/test_database.hpp"

#include <string>
#include <vector>

namespace clinic::test {

enum class Accounts { all_linked, some_unlinked };

/// What does not hold in a clinic's database though it must whatever happened, a line for each; empty when all is well.
/// Looked at beside the SDK, in one statement, so that calls may go on meanwhile. Speaks of clinics without guardians'
/// accounts, whose patients' numbers are the pattern's P{year}{seq} or begin with another letter. Patients `created_by`
/// seed were not made by the SDK and owe no audit.
std::vector<std::string> broken_invariants(const TestDatabase& database, Accounts accounts = Accounts::all_linked);

/// SQL that inserts a patient-role user without a patient, as an import from elsewhere leaves it.
std::string unlinked_user_sql(const std::string& id, const std::string& email);

}  // namespace clinic::test
