#include "domains/schedule/appointments.hpp"

#include "base/formats.hpp"
#include "domains/people/subjects.hpp"
#include "domains/people/visibility.hpp"
#include "engine/make_operation.hpp"
#include "engine/page.hpp"

namespace clinic {
namespace {

AppointmentPage list_appointments(Call& call, Transaction& transaction, const ListAppointments& request) {
  const auto patient = find_patient(call, transaction, request.patient);
  call.concerns("appointment", {}, patient.id);
  return page_of<AppointmentPage>(transaction, where(&Appointment::patient_id) == patient.id, request.after,
                                  request.limit, request.newest_first,
                                  [&](const Appointment& appointment) { return view(call, patient, appointment); });
}

AppointmentView get_appointment(Call& call, Transaction& transaction, const AppointmentKey& request) {
  const auto appointment = Repository<Appointment>(transaction).find(request.appointment);
  if (!appointment)
    throw Error(ErrorCode::not_found, {}, {{"appointment", "not_found", "There is no such appointment."}});
  call.concerns("appointment", appointment->id, appointment->patient_id);
  require_readable(*appointment);
  return view(call, find_patient(transaction, appointment->patient_id), *appointment);
}

}  // namespace

void check_appointment(const Call& call, Timestamp starts_at, bool has_doctor, bool has_department) {
  if (starts_at <= call.now()) refuse("starts_at", "out_of_range", "The time is over.");
  if (!has_doctor && !has_department) refuse("doctor", "required", "Say with whom: a doctor or a department.");
}

void book(UnitOfWork& work, const Call& call, Appointment& appointment) {
  appointment.id = work.new_id();
  appointment.created_by = call.actor_key();
  appointment.created_at = appointment.updated_at = work.now();
  work.of<Appointment>().insert(appointment);
  work.event("appointment.booked", appointment.id,
             json_object({{"patient_id", appointment.patient_id},
                          {"starts_at", format_timestamp(appointment.starts_at)},
                          {"source", word(appointment.source)}}));
}

AppointmentView view(const Call& call, const Patient& patient, const Appointment& appointment) {
  AppointmentView view{.id = appointment.id,
                       .patient_id = appointment.patient_id,
                       .starts_at = appointment.starts_at,
                       .doctor = appointment.doctor,
                       .department = appointment.department,
                       .comment = appointment.comment,
                       .status = appointment.status,
                       .source = appointment.source,
                       .created_by = appointment.created_by,
                       .created_at = appointment.created_at,
                       .updated_at = appointment.updated_at,
                       .version = appointment.version,
                       .medical_fields_damaged = appointment.sealed_fields.has_value()};
  if (view.medical_fields_damaged || !medical_open(call, patient)) view.comment.reset();
  return view;
}

template <>
std::vector<Operation> rows_of<AppointmentService>() {
  using enum ErrorCode;
  constexpr auto resource = Table<Appointment>::resource;
  const auto readers = RoleSet{Role::admin, Role::receptionist, Role::doctor, Role::nurse}.with_linked(Role::patient);
  return {
      operation<list_appointments>({
          .name = "appointments.list",
          .help = "A patient's appointments, page by page",
          .effect = Effect::reads,
          .roles = readers,
          .http = {"GET", "/patients/{patient}/appointments"},
          .audit = "APPOINTMENT_READ",
          .resource = resource,
          .subject = patient_named_by<&ListAppointments::patient>,
          .errors = {not_found},
      }),
      operation<get_appointment>({
          .name = "appointments.get",
          .help = "One appointment",
          .effect = Effect::reads,
          .roles = readers,
          .http = {"GET", "/appointments/{appointment}"},
          .audit = "APPOINTMENT_READ",
          .resource = resource,
          .subject = record_named_by<&AppointmentKey::appointment, &Appointment::patient_id>,
          .errors = {not_found, record_damaged},
      }),
  };
}

AppointmentService Session::appointments() const { return AppointmentService(*this); }

AppointmentPage AppointmentService::list(const ListAppointments& request, const CallOptions& options) const {
  return session_.call<AppointmentPage>("appointments.list", request, options);
}

AppointmentView AppointmentService::get(const AppointmentKey& request, const CallOptions& options) const {
  return session_.call<AppointmentView>("appointments.get", request, options);
}

}  // namespace clinic
