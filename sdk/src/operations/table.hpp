#pragma once

#include "operations/operation.hpp"

#include <span>
#include <string>

namespace clinic {

/// Every operation, by domain. Constant; made at the first use.
std::span<const Operation> operation_table();

/// The row of that name, or null.
const Operation* find_operation(std::string_view name);

// The domains' rows.
std::vector<Operation> patient_operations();
std::vector<Operation> user_operations();
std::vector<Operation> account_operations();
std::vector<Operation> profile_operations();
std::vector<Operation> sync_operations();
std::vector<Operation> audit_operations();
std::vector<Operation> auth_operations();
std::vector<Operation> system_operations();

}  // namespace clinic
