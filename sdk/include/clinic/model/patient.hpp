#pragma once

#include <clinic/model/words.hpp>
#include <clinic/types.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A person with records. Many patients may hang on one account (a guardian's); `account_id` names that user.
/// Fields ending in `_key` are normal forms for comparing; they never leave the SDK.
struct Patient {
  std::string id;
  std::string number;  ///< the human number, P2026001
  std::string first_name;
  std::string last_name;
  std::string name_key;
  std::string last_name_key;
  std::optional<std::string> email;
  std::optional<std::string> email_key;
  std::optional<std::string> phone;
  std::optional<std::string> phone_key;
  std::optional<std::string> whatsapp;
  std::optional<Date> birth_date;
  std::optional<std::int64_t> age_years;  ///< stated age, where the birth date is unknown …
  std::optional<Date> age_stated_on;      ///< … and the day on which it was true
  std::optional<Gender> gender;
  std::optional<std::string> national_id;
  std::optional<std::string> national_id_key;
  std::optional<std::string> address;
  std::optional<std::string> emergency_contact_name;
  std::optional<std::string> emergency_contact_phone;
  std::optional<std::string> insurance_provider;
  std::optional<std::string> policy_number;
  std::optional<std::string> allergies;
  std::optional<std::string> sealed_fields;  ///< the medical fields above, encrypted, where the policy says so
  PatientKind kind = PatientKind::walk_in;
  PatientStatus status = PatientStatus::active;
  std::optional<std::string> account_id;
  std::int64_t visit_count = 0;
  std::optional<Timestamp> last_visit_at;
  std::int64_t balance_minor = 0;  ///< account balance in minor units of the clinic's currency
  std::optional<Timestamp> verified_at;
  std::optional<std::string> verified_by;
  std::optional<Timestamp> contacts_vouched_at;  ///< since when clinical staff has vouched for all the contacts
  std::optional<Timestamp> account_proven_at;    ///< when the account was proven to be this person's
  std::string created_by;
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t lock_count = 0;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Patient, (),
                      (id, number, first_name, last_name, name_key, last_name_key, email, email_key, phone, phone_key,
                       whatsapp, birth_date, age_years, age_stated_on, gender, national_id, national_id_key, address,
                       emergency_contact_name, emergency_contact_phone, insurance_provider, policy_number, allergies,
                       sealed_fields, kind, status, account_id, visit_count, last_visit_at, balance_minor, verified_at,
                       verified_by, contacts_vouched_at, account_proven_at, created_by, created_at, updated_at,
                       lock_count, version))

/// An identifier that another system gave to a patient (MRN, insurance, another hospital's id); FHIR Identifier.
struct ExternalIdentifier {
  std::string id;
  std::string patient_id;
  std::string system;  ///< who gave it: a URI or a short name
  std::string value;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ExternalIdentifier, (), (id, patient_id, system, value, created_at, version))

/// The medical history, a record of its own so that lists and logins never load it (MODEL-3). Its id is the patient's.
struct MedicalHistory {
  std::string id;
  std::string history;
  std::optional<std::string> sealed_fields;  ///< the history, encrypted, where the policy says so; then that is empty
  std::string updated_by;
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(MedicalHistory, (), (id, history, sealed_fields, updated_by, updated_at, version))

}  // namespace clinic
