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

/// Links unlinked users with role patient, then unlinked patients, page by page in the order of their ids. Those who
/// have one match are linked a few in a transaction, the others one by one. So the run may be stopped at any moment,
/// and another run continues. A dry run looks at each user as if nobody else were linked.
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

/// What can be wrong between a user and a patient. docs/troubleshooting.md has a line for each.
enum class SyncFault {
  user_without_patient,  ///< an active patient-role user names no patient
  patient_missing,       ///< a user names a patient who is not there
  account_missing,       ///< a patient names an account that is not there
  link_one_sided,        ///< one of the two names the other, and is not named
  link_contradicts,      ///< the two name others
  id_mismatch,           ///< a patient-role user and its own patient have different ids
  merged_on_account,     ///< a patient who was merged into another is still on an account
  contact_differs,       ///< the two sides of a pair have different emails or phones, or one has none
  contact_of_another     ///< a patient without an account has the email or phone of somebody else's account
};
BOOST_DESCRIBE_ENUM(SyncFault, user_without_patient, patient_missing, account_missing, link_one_sided, link_contradicts,
                    id_mismatch, merged_on_account, contact_differs, contact_of_another)

/// One thing that sync.check found.
struct SyncProblem {
  SyncFault fault = SyncFault::user_without_patient;
  std::optional<std::string> user_id{};
  std::optional<std::string> patient_id{};
  std::string message{};
  std::string remedy{};
};
BOOST_DESCRIBE_STRUCT(SyncProblem, (), (fault, user_id, patient_id, message, remedy))

template <>
struct FieldRules<SyncProblem> {
  static constexpr std::array rules{
      FieldRule{"fault", "What is wrong, in a word"},
      FieldRule{"message", "What is wrong, in a sentence", Format::line, 1000},
  };
};

struct SyncChecked {
  bool valid = true;               ///< no problem was found
  std::int64_t users_seen = 0;     ///< of any role
  std::int64_t patients_seen = 0;  ///< of any status
  std::int64_t problem_count = 0;
  std::vector<SyncProblem> problems{};  ///< the first hundred
  /// Pairs whose contacts differ, and patients without an account who have the contact of somebody else's: it may be
  /// meant, and only people can say. They do not make the check invalid.
  std::int64_t difference_count = 0;
  std::vector<SyncProblem> differences{};  ///< the first hundred
};
BOOST_DESCRIBE_STRUCT(SyncChecked, (),
                      (valid, users_seen, patients_seen, problem_count, problems, difference_count, differences))

template <>
struct FieldRules<SyncChecked> {
  static constexpr std::array rules{
      FieldRule{"users_seen", "Users looked at", Format::none, 0, Exposure::open, 0},
      FieldRule{"patients_seen", "Patients looked at", Format::none, 0, Exposure::open, 0},
  };
};

/// Which record's contacts stand where those of a pair differ; `neither` leaves them.
enum class ContactsOf { neither, account, patient };
BOOST_DESCRIBE_ENUM(ContactsOf, neither, account, patient)

struct RepairSync {
  bool dry_run = true;  ///< only shows the plan
  ContactsOf contacts_of = ContactsOf::neither;
};
BOOST_DESCRIBE_STRUCT(RepairSync, (), (dry_run, contacts_of))

template <>
struct FieldRules<RepairSync> {
  static constexpr std::array rules{
      FieldRule{"dry_run", "Show the plan, change nothing"},
  };
};

/// What becomes of a problem: planned or done, or left for people to decide, with the reason.
enum class RepairState { planned, done, left };
BOOST_DESCRIBE_ENUM(RepairState, planned, done, left)

struct RepairStep {
  SyncFault fault = SyncFault::user_without_patient;
  std::optional<std::string> user_id{};
  std::optional<std::string> patient_id{};
  RepairState state = RepairState::planned;
  std::string action{};  ///< what is done, in a sentence; or why nothing is
};
BOOST_DESCRIBE_STRUCT(RepairStep, (), (fault, user_id, patient_id, state, action))

template <>
struct FieldRules<RepairStep> {
  static constexpr std::array rules{
      FieldRule{"fault", "What is wrong, in a word"},
      FieldRule{"state", "Whether it is planned, done, or left for people"},
      FieldRule{"action", "What is done, or why nothing is", Format::line, 1000},
  };
};

struct SyncRepaired {
  bool clean = true;  ///< nothing was found, or all of it was repaired
  std::int64_t planned = 0;
  std::int64_t repaired = 0;
  std::int64_t left = 0;
  std::int64_t step_count = 0;      ///< all of these
  std::vector<RepairStep> steps{};  ///< the first hundred
};
BOOST_DESCRIBE_STRUCT(SyncRepaired, (), (clean, planned, repaired, left, step_count, steps))

template <>
struct FieldRules<SyncRepaired> {
  static constexpr std::array rules{
      FieldRule{"planned", "Problems that a repair would mend", Format::none, 0, Exposure::open, 0},
  };
};

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
  /// Checks what every user and every patient say of each other (SYNC-10). Reads both tables once, a page at a time,
  /// and changes nothing. Other calls may run meanwhile: what looks wrong is looked at again before it is told.
  SyncChecked check(const CallOptions& options = {}) const;
  /// Shows what it would mend, or mends it: each problem in a transaction of its own, which looks again and is audited.
  /// So it may be stopped at any moment, and called again.
  SyncRepaired repair(const RepairSync& request = {}, const CallOptions& options = {}) const;
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
  /// Undoes a wrong link, or takes a dependent from a guardian's account, which stays as it is. Else the account takes
  /// a new id and is deactivated, since a patient's account without a patient may do nothing. Link it to the right
  /// patient, then activate it.
  LinkedPerson unlink(const Unlink& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
