#pragma once

/// \file
/// On which records the caller may act (ACCESS-2): looked at before the handler, for the record that the request names,
/// and again where rows are read.

#include "engine/call.hpp"

#include <clinic/services/patient_service.hpp>

namespace clinic {

Scope scope_of(const Call& call);

/// Whether the caller may see the patient. Where not, a handler answers as if there were none: that somebody is a
/// patient here is nobody else's to know.
bool may_see(const Call& call, const Patient& patient);

/// Whether the actor may read the medical history of every patient: by its role, or as the host itself.
bool reads_every_history(const Actor& actor);

/// Why the patient's medical data is closed to the caller, in a sentence for the caller; empty where it is open. It is
/// closed to those who act for themselves (and their dependents) while the patient's status closes it, or while the
/// account is not proven to be the person's and the policy asks for that.
std::string_view why_medical_is_closed(const Call& call, const Patient& patient);

/// The one gate for what is shown of a patient: takes the medical fields out where they are closed to the caller.
void show_what_is_open(const Call& call, PatientView& patient);
/// The same for all patients in an answer from before, as they stand now.
void show_what_is_open(const Call& call, Transaction& transaction, const TypeDescription& type, void* answer);

/// The criteria, narrowed to the patients whom the caller may see; before counting and paging.
Criteria<Patient> visible(const Call& call, Criteria<Patient> criteria);

/// Refuses a request that names a patient or a user outside of the caller's scope. Throws Error(not_found).
void check_scope(Call& call, const TypeDescription& type, const void* request);

}  // namespace clinic
