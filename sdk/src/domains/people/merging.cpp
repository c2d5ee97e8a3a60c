#include "domains/people/merging.hpp"

#include "domains/people/contacts.hpp"
#include "domains/people/people.hpp"
#include "store/references.hpp"

namespace clinic {
namespace {

template <class Record>
bool has_any(Transaction& transaction, const Patient& patient) {
  return Repository<Record>(transaction).first(where(&Record::patient_id) == patient.id).has_value();
}

}  // namespace

bool is_untouched_placeholder(Transaction& transaction, const Patient& patient) {
  const bool bare = patient.placeholder == PlaceholderName::phone_booking && !patient.email && !patient.whatsapp &&
                    !patient.birth_date && !patient.age_years && !patient.gender && !patient.national_id_key &&
                    !patient.address && !patient.emergency_contact_name && !patient.emergency_contact_phone &&
                    !patient.insurance_provider && !patient.policy_number && !patient.allergies &&
                    !patient.sealed_fields && !patient.verified_at && patient.visit_count == 0 &&
                    patient.balance_minor == 0 && patient.status == PatientStatus::active;
  return bare && !Repository<MedicalHistory>(transaction).find(patient.id) &&
         !has_any<PatientNote>(transaction, patient) && !has_any<ExternalIdentifier>(transaction, patient) &&
         !has_any<MessagePreference>(transaction, patient);
}

void merge_placeholder(UnitOfWork& work, Patient& placeholder, const Patient& survivor) {
  placeholder.status = PatientStatus::merged;
  placeholder.merged_into = survivor.id;
  leave_account(placeholder);
  placeholder.phone.reset();
  placeholder.phone_key.reset();
  placeholder.updated_at = work.now();
  work.of<Patient>().update(placeholder);
  patient_merged(work.transaction(), placeholder.id, survivor.id);
  work.audit({.resource_type = "patient",
              .resource_id = survivor.id,
              .patient_id = survivor.id,
              .metadata = json_object({{"merged", placeholder.number}, {"patient_id", survivor.number}}),
              .action = "PATIENTS_MERGED"});
  work.event("patient.merged", placeholder.id,
             json_object({{"into", survivor.id}, {"patient_number", survivor.number}}));
}

}  // namespace clinic
