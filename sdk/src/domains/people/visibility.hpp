#pragma once

/// \file
/// Which patients the caller may see (ACCESS-2), and what of them.

#include "engine/call.hpp"

#include <clinic/services/patient_service.hpp>

namespace clinic {

/// Who may read medical histories.
inline constexpr RoleSet history_readers = RoleSet{Role::doctor, Role::nurse}.with_linked(Role::patient);

/// Whether the caller may see the patient. Where not, a handler answers as if there were none: that somebody is a
/// patient here is nobody else's to know.
bool may_see(const Call& call, const Patient& patient);

/// The patients that fit the criteria and that the caller may see.
Criteria<Patient> visible(const Call& call, Criteria<Patient> criteria);

/// Whether the actor may read the medical history of every patient: by its role, or as the host itself.
bool reads_every_history(const Actor& actor);

/// Whether the patient's medical data is open to the caller.
bool medical_open(const Call& call, const Patient& patient);

/// Throws Error(forbidden), which says why, where the patient's medical data is closed to the caller. It is closed to
/// those who act for themselves (and their dependents) while the patient's status closes it, or while the account is
/// not proven to be the person's and the policy asks for that.
void require_medical_open(const Call& call, const Patient& patient);

/// The one gate for what is shown of a patient: takes the medical fields out where they are closed to the caller.
void show_what_is_open(const Call& call, PatientView& patient);
/// The same for a patient in an answer from before, as the patient stands now.
void show_what_is_open_now(const Call& call, Transaction& transaction, PatientView& patient);

}  // namespace clinic
