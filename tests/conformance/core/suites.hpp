#pragma once

/// \file
/// The checks of each kind of plugin.

#include "check.hpp"

#include <cstdint>

namespace clinic::conformance {

std::vector<Check> library_checks();  ///< of every kind
std::vector<Check> storage_checks();
std::vector<Check> notifier_checks();
std::vector<Check> limiter_checks();

/// Storage only: of all types together. The checks would erase them.
std::uint64_t records_in(const Target& target);
/// Storage only: erases what the checks have left.
void leave_empty(const Target& target);

}  // namespace clinic::conformance
