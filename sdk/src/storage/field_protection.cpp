#include "field_protection.hpp"

#include "../description/formats.hpp"

#include <boost/json.hpp>

namespace clinic {
namespace {

constexpr std::string_view national_id_purpose = "national id";

std::string purpose(std::string_view record, const std::string& id) {
  return std::string("medical fields of ").append(record).append(" ").append(id);
}

struct Named {
  std::string_view name;
  std::optional<std::string> Patient::*field;
};
constexpr Named sealed_of_patient[] = {{"national_id", &Patient::national_id},
                                       {"policy_number", &Patient::policy_number},
                                       {"allergies", &Patient::allergies}};

}  // namespace

void FieldProtection::seal(Patient& patient) const {
  patient.sealed_fields.reset();
  if (!active_) return;
  boost::json::object values;
  for (const auto& [name, field] : sealed_of_patient)
    if (auto& value = patient.*field) {
      values[name] = *value;
      value.reset();
    }
  if (!values.empty())
    patient.sealed_fields = sealer_.seal(purpose("patient", patient.id), boost::json::serialize(values));
  if (patient.national_id_key)
    patient.national_id_key = sealer_.keyed_hash(national_id_purpose, *patient.national_id_key);
}

void FieldProtection::unseal(Patient& patient) const {
  if (!patient.sealed_fields) return;
  const auto text = sealer_.unseal(purpose("patient", patient.id), *patient.sealed_fields);
  const auto values = boost::json::parse(text).as_object();
  for (const auto& [name, field] : sealed_of_patient)
    if (const auto* value = values.if_contains(name)) patient.*field = std::string(value->as_string());
  if (patient.national_id) patient.national_id_key = national_id_key(*patient.national_id);
  patient.sealed_fields.reset();
}

void FieldProtection::seal(MedicalHistory& history) const {
  history.sealed_fields.reset();
  if (!active_) return;
  history.sealed_fields = sealer_.seal(purpose("medical_history", history.id), history.history);
  history.history.clear();
}

void FieldProtection::unseal(MedicalHistory& history) const {
  if (!history.sealed_fields) return;
  history.history = sealer_.unseal(purpose("medical_history", history.id), *history.sealed_fields);
  history.sealed_fields.reset();
}

bool FieldProtection::up_to_date(const Patient& stored) const {
  if (stored.sealed_fields) return active_ && sealer_.current(*stored.sealed_fields);
  return !active_ || (!stored.national_id && !stored.policy_number && !stored.allergies);
}

bool FieldProtection::up_to_date(const MedicalHistory& stored) const {
  return stored.sealed_fields ? active_ && sealer_.current(*stored.sealed_fields) : !active_;
}

std::vector<std::string> FieldProtection::stored_national_id_keys(const std::string& key) const {
  return {sealer_.keyed_hash(national_id_purpose, key), key};
}

}  // namespace clinic
