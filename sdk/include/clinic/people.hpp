#pragma once

/// \file
/// Patients and users as they are answered.

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A person with records. Many patients may be on one account (a guardian's); `account_id` names that user.
struct PatientView {
  std::string id{};
  std::string number{};  ///< the human number, P2026001
  std::string first_name{};
  std::string last_name{};
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> whatsapp{};
  std::optional<Date> birth_date{};
  std::optional<std::int64_t> age_years{};  ///< the stated age, where the birth date is unknown
  std::optional<Date> age_stated_on{};      ///< the day on which the stated age was true
  std::optional<Gender> gender{};
  std::optional<std::string> national_id{};
  std::optional<std::string> address{};
  std::optional<std::string> emergency_contact_name{};
  std::optional<std::string> emergency_contact_phone{};
  std::optional<std::string> insurance_provider{};
  std::optional<std::string> policy_number{};
  std::optional<std::string> allergies{};
  std::optional<PlaceholderName> placeholder{};  ///< why the name is none yet
  PatientKind kind = PatientKind::walk_in;
  PatientStatus status = PatientStatus::active;
  std::optional<std::string> account_id{};
  std::optional<std::string> merged_into{};  ///< of a merged patient: the id of the one that is left
  std::int64_t visit_count = 0;
  std::optional<Timestamp> last_visit_at{};
  std::int64_t balance_minor = 0;  ///< account balance in minor units of the clinic's currency
  std::optional<Timestamp> verified_at{};
  std::optional<std::string> verified_by{};
  std::optional<Timestamp> account_proven_at{};  ///< when the account was proven to be this person's
  std::string created_by{};
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t version = 0;
  bool portal_enabled = false;
  std::optional<std::int64_t> age{};
  bool medical_fields_damaged = false;  ///< then the medical fields are empty, whatever was in them
};
BOOST_DESCRIBE_STRUCT(PatientView, (),
                      (id, number, first_name, last_name, email, phone, whatsapp, birth_date, age_years, age_stated_on,
                       gender, national_id, address, emergency_contact_name, emergency_contact_phone,
                       insurance_provider, policy_number, allergies, placeholder, kind, status, account_id, merged_into,
                       visit_count, last_visit_at, balance_minor, verified_at, verified_by, account_proven_at,
                       created_by, created_at, updated_at, version, portal_enabled, age, medical_fields_damaged))

/// A person who logs in. A user with the role `patient` and its own patient share one id (MODEL-5).
struct UserView {
  std::string id{};
  std::string username{};
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  bool password_change_required = false;
  std::optional<Timestamp> password_expires_at{};
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> address{};
  std::optional<std::string> locale{};
  Role role = Role::patient;
  UserType user_type = UserType::patient;
  bool superadmin = false;
  bool active = true;
  std::optional<Timestamp> email_verified_at{};
  std::optional<Timestamp> phone_verified_at{};
  std::optional<Timestamp> claimed_at{};  ///< first login or proof of a contact
  std::optional<std::string> patient_id{};
  std::optional<Timestamp> last_login_at{};
  std::int64_t failed_logins = 0;
  std::optional<Timestamp> locked_until{};
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(UserView, (),
                      (id, username, email, phone, password_change_required, password_expires_at, first_name, last_name,
                       address, locale, role, user_type, superadmin, active, email_verified_at, phone_verified_at,
                       claimed_at, patient_id, last_login_at, failed_logins, locked_until, created_at, updated_at,
                       version))

}  // namespace clinic
