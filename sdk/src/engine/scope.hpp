#pragma once

/// \file
/// On which records the caller may act (ACCESS-2), as the row of the operation says.

#include "engine/call.hpp"

namespace clinic {

Scope scope_of(const Call& call);

/// Holds a caller who may act on some records only to those: looks at the record that the request names, by the row's
/// subject. Throws Error(not_found). Where the request names none, the handler narrows what it reads.
void check_scope(Call& call, const void* request);

/// To be called after the handler. Throws std::logic_error where it was to narrow what it reads for such a caller, and
/// did not: then its answer is not given.
void check_narrowed(const Call& call);

}  // namespace clinic
