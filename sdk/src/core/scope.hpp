#pragma once

/// \file
/// On which records the caller may act (ACCESS-2): looked at before the handler, for the record that the request names,
/// and again where rows are read.

#include "call.hpp"

namespace clinic {

Scope scope_of(const Call& call);

/// Whether the caller may see the patient. Where not, a handler answers as if there were none: that somebody is a
/// patient here is nobody else's to know.
bool may_see(const Call& call, const Patient& patient);

/// The criteria, narrowed to the patients whom the caller may see; before counting and paging.
Criteria<Patient> visible(const Call& call, Criteria<Patient> criteria);

/// Refuses a request that names a patient or a user outside of the caller's scope. Throws Error(not_found).
void check_scope(Call& call, const TypeDescription& type, const void* request);

}  // namespace clinic
