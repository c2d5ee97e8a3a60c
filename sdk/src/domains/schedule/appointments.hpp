#pragma once

/// \file
/// Appointments, for those who book them.

#include "domains/people/people.hpp"

#include <clinic/services/appointment_service.hpp>

namespace clinic {

/// Throws Error(validation_failed) for a time that is over, or an appointment with nobody.
void check_appointment(const Call& call, Timestamp starts_at, bool has_doctor, bool has_department);

/// Stores it, and says so to those who listen.
void book(UnitOfWork& work, const Call& call, Appointment& appointment);

AppointmentView view(const Call& call, const Patient& patient, const Appointment& appointment);

}  // namespace clinic
