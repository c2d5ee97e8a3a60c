#include "store/field_protection.hpp"

#include "base/formats.hpp"
#include "base/log.hpp"

#include <clinic/error.hpp>

#include <boost/json.hpp>

namespace clinic {
namespace {

constexpr std::string_view national_id_purpose = "national id";
constexpr std::string_view patient_type = "patient", history_type = "medical_history";

std::string purpose(std::string_view type, const std::string& id) {
  return std::string("medical fields of ").append(type).append(" ").append(id);
}

struct Named {
  std::string_view name;
  std::optional<std::string> Patient::*field;
};
constexpr Named sealed_of_patient[] = {{"national_id", &Patient::national_id},
                                       {"policy_number", &Patient::policy_number},
                                       {"allergies", &Patient::allergies}};

std::string sentence(std::string_view type, const std::string& id) {
  return std::string("The encrypted fields of the ")
      .append(type == history_type ? "medical history" : "patient")
      .append(" ")
      .append(id)
      .append(" cannot be read: they were changed, or are another record's.");
}

[[noreturn]] void refuse_damaged(std::string_view type, const std::string& id) {
  throw Error(ErrorCode::record_damaged, {}, {{"patient", "fields_damaged", sentence(type, id)}});
}

}  // namespace

bool has_medical_fields(const Patient& patient) {
  return patient.national_id || patient.policy_number || patient.allergies;
}
bool has_medical_fields(const MedicalHistory& history) { return !history.history.empty(); }
bool fields_taken_out(const Patient& read) { return read.sealed_fields && read.sealed_fields->empty(); }

void FieldProtection::seal(Patient& patient) const {
  if (patient.sealed_fields) {
    if (has_medical_fields(patient)) refuse_damaged(patient_type, patient.id);
    return;
  }
  if (!active_) return;
  boost::json::object values;
  for (const auto& [name, field] : sealed_of_patient)
    if (auto& value = patient.*field) {
      values[name] = *value;
      value.reset();
    }
  patient.sealed_fields = sealer_.seal(purpose(patient_type, patient.id), boost::json::serialize(values));
  if (patient.national_id_key)
    patient.national_id_key = sealer_.keyed_hash(national_id_purpose, *patient.national_id_key);
}

void FieldProtection::unseal(Patient& patient) const {
  if (!patient.sealed_fields && active_ && patient.national_id_key && !patient.national_id) {
    // They were taken out: the key is of a national ID that was among them. fields_taken_out() tells.
    patient.sealed_fields.emplace();
    if (log_) (*log_)(LogLevel::error, sentence(patient_type, patient.id) + " system.check tells more.");
    return;
  }
  if (!patient.sealed_fields) return;
  const auto text = unsealed(patient_type, patient.id, *patient.sealed_fields);
  if (!text) return;
  const auto values = boost::json::parse(*text).as_object();
  for (const auto& [name, field] : sealed_of_patient)
    if (const auto* value = values.if_contains(name)) patient.*field = std::string(value->as_string());
  if (patient.national_id) patient.national_id_key = national_id_key(*patient.national_id);
  patient.sealed_fields.reset();
}

void FieldProtection::seal(MedicalHistory& history) const {
  if (history.sealed_fields) {
    if (has_medical_fields(history)) refuse_damaged(history_type, history.id);
    return;
  }
  if (!active_) return;
  history.sealed_fields = sealer_.seal(purpose(history_type, history.id), history.history);
  history.history.clear();
}

void FieldProtection::unseal(MedicalHistory& history) const {
  if (!history.sealed_fields) return;
  auto text = unsealed(history_type, history.id, *history.sealed_fields);
  if (!text) return;
  history.history = std::move(*text);
  history.sealed_fields.reset();
}

std::optional<std::string> FieldProtection::unsealed(std::string_view type, const std::string& id,
                                                     const std::string& sealed) const {
  try {
    return sealer_.unseal(purpose(type, id), sealed);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::key_wrong) throw;
    if (log_) (*log_)(LogLevel::error, sentence(type, id) + " system.check tells more.");
    return std::nullopt;
  }
}

bool FieldProtection::up_to_date(const Patient& stored) const {
  return stored.sealed_fields ? active_ && sealer_.current(*stored.sealed_fields) : !active_;
}

bool FieldProtection::up_to_date(const MedicalHistory& stored) const {
  return stored.sealed_fields ? active_ && sealer_.current(*stored.sealed_fields) : !active_;
}

std::vector<std::string> FieldProtection::stored_national_id_keys(const std::string& key) const {
  return {sealer_.keyed_hash(national_id_purpose, key), key};
}

void require_readable(const Patient& patient) {
  if (patient.sealed_fields) refuse_damaged(patient_type, patient.id);
}

void require_readable(const MedicalHistory& history) {
  if (history.sealed_fields) refuse_damaged(history_type, history.id);
}

}  // namespace clinic
