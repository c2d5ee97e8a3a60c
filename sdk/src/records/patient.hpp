#pragma once

#include "base/formats.hpp"
#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

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
  std::optional<std::string> sealed_fields;    ///< the medical fields above, encrypted, where the policy says so
  std::optional<PlaceholderName> placeholder;  ///< why the name is none: such a name is never evidence (SYNC-9)
  PatientKind kind = PatientKind::walk_in;
  PatientStatus status = PatientStatus::active;
  std::optional<std::string> account_id;
  std::optional<std::string> merged_into;  ///< of a merged patient: the id of the one that is left
  std::optional<Timestamp> called_at;      ///< when the telephone line last booked for this patient
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
                       sealed_fields, placeholder, kind, status, account_id, merged_into, called_at, visit_count,
                       last_visit_at, balance_minor, verified_at, verified_by, contacts_vouched_at, account_proven_at,
                       created_by, created_at, updated_at, lock_count, version))

template <>
struct Table<Patient> {
  static constexpr std::string_view name = "patients";
  static constexpr std::string_view resource = "patient";
  static constexpr std::array constraints{
      Constraint{.fields = "number",
                 .error = ErrorCode::duplicate_number,
                 .field = "number",
                 .detail = "Another patient has this number."},
      // The document's words for an email speak of portal accounts; a patient's own email is one of "these details".
      Constraint{.fields = "email_key",
                 .error = ErrorCode::duplicate_email,
                 .field = "email",
                 .detail = "Another patient has this email.",
                 .worded_as = ErrorCode::duplicate_record},
      Constraint{.fields = "national_id_key",
                 .error = ErrorCode::duplicate_national_id,
                 .field = "national_id",
                 .detail = "Please verify the national ID or search for existing patient."},
      index_on("phone_key"), index_on("account_id,id"), index_on("merged_into"), index_on("name_key"),
      index_on("last_name_key")};
  static constexpr std::array references{Reference{.field = "account_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::follow,
                                                   .on_erasure = OnErasure::clear,
                                                   .exported = Exported::no},
                                         Reference{.field = "merged_into",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::no},
                                         done_by("verified_by"), done_by("created_by")};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
  /// A national ID is found by a keyed hash of its normal form.
  static constexpr std::array hashed_keys{HashedKey{
      .key = "national_id_key", .of = "national_id", .purpose = "national id", .normal_form = national_id_key}};
};

}  // namespace clinic
