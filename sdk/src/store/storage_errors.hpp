#pragma once

#include "store/store.hpp"

#include <clinic/error.hpp>

#include <optional>
#include <string>

namespace clinic {

/// A storage failure in the caller's words: which field is a duplicate, whether trying again helps. Never the driver's
/// text.
Error to_error(const StorageError& failure);

/// Whether the failure is a duplicate in that record's constraint, `violates(e, "Patient", "number")`.
bool violates(const StorageError& failure, std::string_view record, std::string_view constraint);

/// Runs the body for one of many rows of a call, and answers the error by which that row was refused, if it was. Errors
/// with the status 500 and above are not the row's: the database is away, or something is broken. They go through, and
/// end the call.
std::optional<Error> refusal_in(FunctionRef<void()> body);

/// What a report says of a refused row: the error's detail, or else what its code means.
const std::string& sentence_of(const Error& error);

}  // namespace clinic
