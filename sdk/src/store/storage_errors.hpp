#pragma once

#include "store/store.hpp"

#include <clinic/error.hpp>

namespace clinic {

/// A storage failure in the caller's words: which field is a duplicate, whether trying again helps. Never the driver's
/// text.
Error to_error(const StorageError& failure);

/// Whether the failure is a duplicate in that record's constraint, `violates(e, "Patient", "number")`.
bool violates(const StorageError& failure, std::string_view record, std::string_view constraint);

}  // namespace clinic
