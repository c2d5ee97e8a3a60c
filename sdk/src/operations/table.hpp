#pragma once

#include "operations/operation.hpp"

#include <span>
#include <string>

namespace clinic {

/// Every operation, in the order of `Services` (clinic/session.hpp). Constant; made at the first use.
std::span<const Operation> operation_table();

/// The row of that name, or null.
const Operation* find_operation(std::string_view name);

/// The rows of a service. The domain that has the handlers defines it for its own service, so this is never
/// instantiated.
template <class Service>
std::vector<Operation> rows_of();

}  // namespace clinic
