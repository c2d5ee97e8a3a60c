#pragma once

#include <clinic/services/user_service.hpp>

namespace clinic {

/// Fields of the new patient that the user's record does not have.
struct CreatePatientFromUser {
  std::string user{};
  std::optional<Date> birth_date{};
  std::optional<Gender> gender{};
  std::optional<std::string> address{};
  std::optional<std::string> national_id{};
};
BOOST_DESCRIBE_STRUCT(CreatePatientFromUser, (), (user, birth_date, gender, address, national_id))

struct CreateUserFromPatient {
  std::string patient{};
  std::optional<std::string>
      password{};  ///< empty: no login until an invitation or a reset; see patients.create_account
};
BOOST_DESCRIBE_STRUCT(CreateUserFromPatient, (), (patient, password))

/// The two records of a person, and whether the call made one of them.
struct LinkedPerson {
  UserView user{};
  PatientView patient{};
  bool created = false;
};
BOOST_DESCRIBE_STRUCT(LinkedPerson, (), (user, patient, created))

template <>
struct FieldRules<LinkedPerson> {
  static constexpr std::array rules{
      FieldRule{"user", "The account"},
      FieldRule{"patient", "The patient"},
  };
};

struct Link {
  std::string user{};
  std::string patient{};
  std::string reason{};
};
BOOST_DESCRIBE_STRUCT(Link, (), (user, patient, reason))

struct Unlink {
  std::string patient{};
  std::string reason{};
};
BOOST_DESCRIBE_STRUCT(Unlink, (), (patient, reason))

/// Links unlinked users with role patient, then unlinked patients, in the order of their ids. Each is linked in a
/// transaction of its own. So the run may be stopped at any moment, and another run continues.
struct RunSync {
  bool dry_run = false;
  std::optional<std::string> after{};   ///< continue after this user: the `next` of a call with a limit
  std::optional<std::int64_t> limit{};  ///< maximum number of users in this call; empty: all
};
BOOST_DESCRIBE_STRUCT(RunSync, (), (dry_run, after, limit))

template <>
struct FieldRules<RunSync> {
  static constexpr std::array rules{
      FieldRule{"limit", "Users to look at in this call; none: all", Format::none, 0, Exposure::open, 1, 1000000},
  };
};

struct SyncConflict {
  std::optional<std::string> user_id{};
  std::optional<std::string> patient_id{};
  std::string code{};
  std::string reason{};
};
BOOST_DESCRIBE_STRUCT(SyncConflict, (), (user_id, patient_id, code, reason))

struct SyncReport {
  std::int64_t users_seen = 0;
  std::int64_t patients_seen = 0;
  std::int64_t patients_created = 0;
  std::int64_t users_linked = 0;
  std::int64_t conflict_count = 0;
  std::vector<SyncConflict> conflicts{};  ///< the first hundred
  std::optional<std::string> next{};      ///< where a limited run stopped; empty: it reached the end
};
BOOST_DESCRIBE_STRUCT(SyncReport, (),
                      (users_seen, patients_seen, patients_created, users_linked, conflict_count, conflicts, next))

struct MaybePatient {
  std::optional<PatientView> patient{};
};
BOOST_DESCRIBE_STRUCT(MaybePatient, (), (patient))

template <>
struct FieldRules<MaybePatient> {
  static constexpr std::array rules{FieldRule{"patient", "The patient, or null"}};
};

struct MaybeUser {
  std::optional<UserView> user{};
};
BOOST_DESCRIBE_STRUCT(MaybeUser, (), (user))

template <>
struct FieldRules<MaybeUser> {
  static constexpr std::array rules{FieldRule{"user", "The user, or null"}};
};

/// At least one of the two is required. Both tables are searched, by the normal forms.
struct FindPeople {
  std::optional<std::string> email{};
  std::optional<std::string> phone{};
};
BOOST_DESCRIBE_STRUCT(FindPeople, (), (email, phone))

/// A patient with its account, a patient without one, or an account that has no patient (staff).
struct Person {
  std::optional<PatientView> patient{};
  std::optional<UserView> user{};
};
BOOST_DESCRIBE_STRUCT(Person, (), (patient, user))

template <>
struct FieldRules<Person> {
  static constexpr std::array rules{
      FieldRule{"patient", "The patient, or null"},
      FieldRule{"user", "The account, or null"},
  };
};

/// Each person is listed once, even if several fields matched; at most 100.
struct People {
  std::vector<Person> items{};
};
BOOST_DESCRIBE_STRUCT(People, (), (items))

struct Found {
  bool found = false;
};
BOOST_DESCRIBE_STRUCT(Found, (), (found))

/// Keeps the user and the patient of one person in step. Thread-safe; every method throws Error.
class CLINIC_API SyncService {
 public:
  explicit SyncService(Session session) : session_(std::move(session)) {}

  /// Finds the user's patient by the policy's keys, or makes it, and links the two.
  LinkedPerson create_patient_from_user(const CreatePatientFromUser& request, const CallOptions& options = {}) const;
  /// Finds the patient's account by the policy's keys, or makes it, and links the two.
  LinkedPerson create_user_from_patient(const CreateUserFromPatient& request, const CallOptions& options = {}) const;
  SyncReport run(const RunSync& request = {}, const CallOptions& options = {}) const;
  /// The user's own patient, or null.
  MaybePatient patient_for_user(const UserKey& request, const CallOptions& options = {}) const;
  /// The account that the patient belongs to, or null.
  MaybeUser user_for_patient(const PatientKey& request, const CallOptions& options = {}) const;
  /// A patient joined with its account.
  Person person(const PatientKey& request, const CallOptions& options = {}) const;
  /// Finds the people with that email or phone, in either table.
  People find(const FindPeople& request, const CallOptions& options = {}) const;
  Found has_user_account(const PatientKey& request, const CallOptions& options = {}) const;
  Found has_patient_record(const UserKey& request, const CallOptions& options = {}) const;
  /// Links two records of one person. The user takes the patient's id.
  LinkedPerson link(const Link& request, const CallOptions& options = {}) const;
  /// Undoes a wrong link. The account takes a new id and is deactivated, since a patient's account without a patient
  /// may do nothing. Link it to the right patient, then activate it.
  LinkedPerson unlink(const Unlink& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
