/// \file
/// patients.register_unidentified (PAT-5).

#include "domains/people/numbering.hpp"
#include "domains/people/registration.hpp"

namespace clinic {
namespace {

/// Search finds it by either word or by the number. It is no evidence of who anybody is.
void name_unidentified(const std::string& number, Patient& patient) {
  patient.first_name = "Unidentified";
  patient.last_name = "Patient " + number;
  patient.placeholder = PlaceholderName::unidentified;
}

void store_circumstances(UnitOfWork& work, const Call& call, const Patient& patient, const std::string& text) {
  PatientNote note;
  note.id = work.new_id();
  note.patient_id = patient.id;
  note.noted_on = call.today();
  note.text = text;
  note.created_by = note.updated_by = call.actor_key();
  note.created_at = note.updated_at = work.now();
  work.of<PatientNote>().insert(note);
}

}  // namespace

RegisteredPatient register_unidentified(Call& call, const RegisterUnidentified& request) {
  const auto store = [&](const std::string& number) {
    return call.write([&](UnitOfWork& work) {
      Patient patient;
      patient.id = work.new_id();
      patient.number = number;
      name_unidentified(number, patient);
      patient.gender = request.gender;
      patient.age_years = request.age_years;
      if (request.age_years) patient.age_stated_on = call.today();
      patient.created_by = call.actor_key();
      patient.created_at = patient.updated_at = work.now();
      normalise(call.policy(), patient);
      work.of<Patient>().insert(patient);
      if (request.circumstances) store_circumstances(work, call, patient, *request.circumstances);
      work.audit(
          {.resource_id = patient.id,
           .patient_id = patient.id,
           .metadata = json_object({{"patient_id", patient.number}, {"placeholder", word(*patient.placeholder)}})});
      announce(work, "patient.registered", patient.id, patient);
      RegisteredPatient result;
      result.message = "Patient registered successfully";
      result.patient = view(call, std::move(patient));
      return result;
    });
  };
  return with_number(call, store, [](const RegisteredPatient& registered) { return registered.patient.number; });
}

}  // namespace clinic
