#pragma once

#include <clinic/people.hpp>
#include <clinic/services/auth_service.hpp>
#include <clinic/services/patient_service.hpp>

namespace clinic {

/// A new user. With role patient, the user's patient is made or linked in the same transaction.
struct CreateUser {
  std::optional<std::string> username{};  ///< default: the email, else the phone
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> password{};  ///< empty: no login until an invitation or a reset
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> address{};
  std::optional<std::string> locale{};
  Role role = Role::patient;
  std::optional<Date> birth_date{};           ///< of the new patient
  std::optional<std::string> link_patient{};  ///< an existing patient to link, on purpose
};
BOOST_DESCRIBE_STRUCT(CreateUser, (),
                      (username, email, phone, password, first_name, last_name, address, locale, role, birth_date,
                       link_patient))

struct UpdateUser {
  std::string user{};
  std::optional<std::int64_t> version{};
  Patch<std::string> username{};
  Patch<std::string> email{};
  Patch<std::string> phone{};
  Patch<std::string> first_name{};
  Patch<std::string> last_name{};
  Patch<std::string> address{};
  Patch<std::string> locale{};
  Patch<bool> active{};
};
BOOST_DESCRIBE_STRUCT(UpdateUser, (),
                      (user, version, username, email, phone, first_name, last_name, address, locale, active))

struct ListUsers {
  std::optional<std::string> q{};  ///< the beginning of the names, the username or the email
  std::optional<Role> role{};
  std::optional<bool> active{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
};
BOOST_DESCRIBE_STRUCT(ListUsers, (), (q, role, active, after, limit))

struct UserPage {
  std::vector<UserView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(UserPage, (), (items, next))

struct ChangeRole {
  std::string user{};
  std::optional<std::int64_t> version{};
  Role role = Role::patient;
};
BOOST_DESCRIBE_STRUCT(ChangeRole, (), (user, version, role))

/// A user of another system, with id and password hash if it had them. Hashes may have the formats of crypt(3) ($2a$,
/// $2b$, $2y$, $5$, $6$, $y$, …) and Django's pbkdf2_sha256$. Each hash is replaced at the first login.
struct ImportedUser {
  std::optional<std::string> id{};
  std::optional<std::string> username{};
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
  std::optional<std::string> imported_hash{};
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> address{};
  std::optional<std::string> locale{};
  Role role = Role::patient;
  bool active = true;
};
BOOST_DESCRIBE_STRUCT(ImportedUser, (),
                      (id, username, email, phone, imported_hash, first_name, last_name, address, locale, role, active))

struct ImportUsers {
  std::vector<ImportedUser> users{};
};
BOOST_DESCRIBE_STRUCT(ImportUsers, (), (users))

/// A user that was not imported: the position in the request, and the reason.
struct ImportConflict {
  std::int64_t index = 0;
  std::string code{};
  std::string message{};
};
BOOST_DESCRIBE_STRUCT(ImportConflict, (), (index, code, message))

struct ImportedUsers {
  std::int64_t users_created = 0;
  std::int64_t users_known = 0;
  std::vector<ImportConflict> conflicts{};
};
BOOST_DESCRIBE_STRUCT(ImportedUsers, (), (users_created, users_known, conflicts))

/// Users, who log in. Answers never contain a password hash. Thread-safe; every method throws Error.
class CLINIC_API UserService {
 public:
  explicit UserService(Session session) : session_(std::move(session)) {}

  CreatedUser create(const CreateUser& request, const CallOptions& options = {}) const;
  UserView get(const UserKey& request, const CallOptions& options = {}) const;
  UserPage list(const ListUsers& request, const CallOptions& options = {}) const;
  UserView update(const UpdateUser& request, const CallOptions& options = {}) const;
  /// Ends the user's logins.
  UserView change_role(const ChangeRole& request, const CallOptions& options = {}) const;
  /// Sends a link with which the user sets a password. An older link ends.
  Invitation invite(const UserKey& request, const CallOptions& options = {}) const;
  Acknowledged revoke_invitation(const UserKey& request, const CallOptions& options = {}) const;
  /// Unlocks a user who was locked after wrong passwords.
  UserView unlock(const UserKey& request, const CallOptions& options = {}) const;
  EndedSessions end_logins(const UserKey& request, const CallOptions& options = {}) const;
  /// Imports users of another system with their ids and password hashes. Each user is imported separately. Users that
  /// cannot be imported are listed. Existing users are not changed, so the import may be run again.
  ImportedUsers import_users(const ImportUsers& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
