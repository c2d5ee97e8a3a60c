#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A person who logs in. A patient-role user and its own patient share one id (MODEL-5).
/// Fields ending in `_key` are normal forms for comparing; they never leave the SDK.
struct User {
  std::string id;
  std::string username;
  std::string username_key;
  std::optional<std::string> email;
  std::optional<std::string> email_key;
  std::optional<std::string> phone;
  std::optional<std::string> phone_key;
  std::optional<std::string> phone_login_key;  ///< phone_key where the profile matches by phone; unique
  std::optional<std::string> password_hash;    ///< crypt(3) format; none while an invitation is open
  bool password_change_required = false;
  std::optional<Timestamp> password_expires_at;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string name_key;
  std::optional<std::string> address;
  std::optional<std::string> locale;
  Role role = Role::patient;
  UserType user_type = UserType::patient;
  bool superadmin = false;
  bool active = true;
  std::optional<Timestamp> email_verified_at;
  std::optional<Timestamp> phone_verified_at;
  /// Since when the account has a phone that a stranger gave at a registration, and that nobody has proven. It reserves
  /// nothing: it is no login name, and no key.
  std::optional<Timestamp> phone_unproven_since;
  std::optional<Timestamp> claimed_at;  ///< first login or proof of a contact
  std::optional<std::string> patient_id;
  std::optional<Timestamp> last_login_at;
  std::int64_t failed_logins = 0;
  std::optional<Timestamp> locked_until;
  Timestamp created_at{};
  Timestamp updated_at{};
  std::int64_t lock_count = 0;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (id, username, username_key, email, email_key, phone, phone_key, phone_login_key, password_hash,
                       password_change_required, password_expires_at, first_name, last_name, name_key, address, locale,
                       role, user_type, superadmin, active, email_verified_at, phone_verified_at, phone_unproven_since,
                       claimed_at, patient_id, last_login_at, failed_logins, locked_until, created_at, updated_at,
                       lock_count, version))

template <>
struct Table<User> {
  static constexpr std::string_view name = "users";
  static constexpr std::string_view resource = "user";
  static constexpr std::array constraints{Constraint{.fields = "username_key",
                                                     .error = ErrorCode::duplicate_username,
                                                     .field = "username",
                                                     .detail = "Another account has this username."},
                                          Constraint{.fields = "email_key",
                                                     .error = ErrorCode::duplicate_email,
                                                     .field = "email",
                                                     .detail = "Another account has this email."},
                                          Constraint{.fields = "phone_login_key",
                                                     .error = ErrorCode::duplicate_phone,
                                                     .field = "phone",
                                                     .detail = "Another account has this phone number."},
                                          index_on("phone_key"),
                                          Constraint{.fields = "patient_id",
                                                     .error = ErrorCode::already_linked,
                                                     .field = "patient",
                                                     .detail = "The patient already has an account."},
                                          index_on("patient_id,id"),  // pages of those who have none
                                          index_on("name_key")};
  /// An account has the id of its patient.
  static constexpr Constraint primary_key{.fields = "id",
                                          .error = ErrorCode::already_linked,
                                          .field = "patient",
                                          .detail = "The patient already has an account."};
  static constexpr std::array references{Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::combine,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::yes}};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
