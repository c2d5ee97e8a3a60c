#pragma once

#include <clinic/people.hpp>
#include <clinic/policy.hpp>
#include <clinic/services/common.hpp>
#include <clinic/services/entry_signature.hpp>

namespace clinic {

struct IdentifierValue {
  std::string system{};
  std::string value{};
};
BOOST_DESCRIBE_STRUCT(IdentifierValue, (), (system, value))

struct RegisterPatient {
  std::string first_name{};
  std::string last_name{};
  std::optional<std::string> number{};  ///< the clinic's own number; default: the next one of the pattern
  std::optional<Date> birth_date{};
  std::optional<std::int64_t> age_years{};
  std::optional<Gender> gender{};
  std::optional<std::string> phone{};
  std::optional<std::string> email{};
  std::optional<std::string> whatsapp{};
  std::optional<std::string> national_id{};
  std::optional<std::string> address{};
  std::optional<std::string> emergency_contact_name{};
  std::optional<std::string> emergency_contact_phone{};
  std::optional<std::string> insurance_provider{};
  std::optional<std::string> policy_number{};
  std::optional<std::string> allergies{};
  std::optional<std::string> medical_history{};
  std::vector<IdentifierValue> identifiers{};
  bool create_portal_account = false;
  std::optional<std::string> portal_email{};
  std::optional<std::string> portal_phone{};
  std::optional<std::string> password{};  ///< of the account; default: one is made as the policy says
  /// The patient on whose account this person goes, who shares a phone or an email with it; needs Policy::household.
  std::optional<std::string> guardian{};
};
BOOST_DESCRIBE_STRUCT(RegisterPatient, (),
                      (first_name, last_name, number, birth_date, age_years, gender, phone, email, whatsapp,
                       national_id, address, emergency_contact_name, emergency_contact_phone, insurance_provider,
                       policy_number, allergies, medical_history, identifiers, create_portal_account, portal_email,
                       portal_phone, password, guardian))

template <>
struct FieldRules<RegisterPatient> {
  static constexpr std::array rules{
      FieldRule{"guardian", "Patient (id or number) on whose account the new one goes", Format::line, 64},
      FieldRule{.name = "portal_email",
                .help = "Email of the portal account",
                .format = Format::email,
                .max_length = 254,
                .exposure = Exposure::personal,
                .invalid = "Invalid email format for patient portal account."},
  };
};

/// Somebody who cannot say who they are. What is known becomes the patient's first note.
struct RegisterUnidentified {
  std::optional<Gender> gender{};
  std::optional<std::int64_t> age_years{};  ///< as it seems
  std::optional<std::string> circumstances{};
};
BOOST_DESCRIBE_STRUCT(RegisterUnidentified, (), (gender, age_years, circumstances))

template <>
struct FieldRules<RegisterUnidentified> {
  static constexpr std::array rules{FieldRule{"circumstances",
                                              "What is known: where the person was found, clothes, marks",
                                              Format::multiline, 4000, Exposure::medical}};
};

/// What a patient needs to log in. The password is present only if the policy delivers it in the response, and only in
/// this response.
struct PortalCredentials {
  std::string username{};
  std::optional<std::string> temporary_password{};
  std::string login_url{};
  CredentialDelivery delivery = CredentialDelivery::response;
};
BOOST_DESCRIBE_STRUCT(PortalCredentials, (), (username, temporary_password, login_url, delivery))

struct RegisteredPatient {
  bool success = true;
  std::string message{};
  PatientView patient{};
  bool portal_created = false;
  std::optional<PortalCredentials> portal_credentials{};
};
BOOST_DESCRIBE_STRUCT(RegisteredPatient, (), (success, message, patient, portal_created, portal_credentials))

template <>
struct FieldRules<RegisteredPatient> {
  static constexpr std::array rules{FieldRule{"patient", "The patient"}};
};

/// Makes an account for an existing patient. If no password is given, the policy's delivery decides.
struct CreateAccount {
  std::string patient{};
  std::optional<std::string> email{};  ///< if the patient has none, or the account shall have another
  std::optional<std::string> phone{};
  std::optional<std::string> password{};
  std::optional<CredentialDelivery> delivery{};
};
BOOST_DESCRIBE_STRUCT(CreateAccount, (), (patient, email, phone, password, delivery))

/// Accounts for several patients. Each is made in a transaction of its own; the same call again makes what is missing.
struct CreateAccounts {
  std::vector<std::string> patients{};  ///< ids or numbers, at most 1000; none: all without an account, by pages
  std::optional<CredentialDelivery> delivery{};
  std::optional<std::string> after{};
  std::int64_t limit = 100;
};
BOOST_DESCRIBE_STRUCT(CreateAccounts, (), (patients, delivery, after, limit))

template <>
struct FieldRules<CreateAccounts> {
  static constexpr std::array rules{
      FieldRule{"patients", "Ids or numbers; none: all patients with a contact and without an account, page by page",
                Format::line, 64}};
};

enum class AccountOutcome { created, skipped, refused };
BOOST_DESCRIBE_ENUM(AccountOutcome, created, skipped, refused)

struct AccountResult {
  std::string patient{};  ///< as the request named it
  AccountOutcome outcome = AccountOutcome::created;
  std::optional<std::string> code{};  ///< of a refusal: an error code
  std::optional<std::string> reason{};
  std::optional<PortalCredentials> portal_credentials{};
};
BOOST_DESCRIBE_STRUCT(AccountResult, (), (patient, outcome, code, reason, portal_credentials))

template <>
struct FieldRules<AccountResult> {
  static constexpr std::array rules{
      FieldRule{"patient", "The patient, as the request named it; else the id", Format::line, 64},
      FieldRule{"outcome", "Made, left as it has one, or refused"},
      FieldRule{"reason", "Why it was refused", Format::line, 1000},
  };
};

struct AccountsCreated {
  std::int64_t accounts_created = 0;
  std::int64_t accounts_skipped = 0;
  std::int64_t accounts_refused = 0;
  std::vector<AccountResult> results{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(AccountsCreated, (), (accounts_created, accounts_skipped, accounts_refused, results, next))

template <>
struct FieldRules<AccountsCreated> {
  static constexpr std::array rules{
      FieldRule{"accounts_created", "Accounts that were made", Format::none, 0, Exposure::open, 0},
      FieldRule{"accounts_skipped", "Patients that have an account", Format::none, 0, Exposure::open, 0},
      FieldRule{"accounts_refused", "Accounts that could not be made", Format::none, 0, Exposure::open, 0},
      FieldRule{"results", "One for each patient, in the order of the request"},
  };
};

struct UpdatePatient {
  std::string patient{};
  std::optional<std::int64_t> version{};  ///< if the record has another version: stale_record
  Patch<std::string> first_name{};
  Patch<std::string> last_name{};
  Patch<Date> birth_date{};
  Patch<std::int64_t> age_years{};
  Patch<Gender> gender{};
  Patch<std::string> phone{};
  Patch<std::string> email{};
  Patch<std::string> whatsapp{};
  Patch<std::string> national_id{};
  Patch<std::string> address{};
  Patch<std::string> emergency_contact_name{};
  Patch<std::string> emergency_contact_phone{};
  Patch<std::string> insurance_provider{};
  Patch<std::string> policy_number{};
  Patch<std::string> allergies{};
  Patch<PatientStatus> status{};
};
BOOST_DESCRIBE_STRUCT(UpdatePatient, (),
                      (patient, version, first_name, last_name, birth_date, age_years, gender, phone, email, whatsapp,
                       national_id, address, emergency_contact_name, emergency_contact_phone, insurance_provider,
                       policy_number, allergies, status))

struct ListPatients {
  std::optional<PatientStatus> status{};
  std::optional<PatientKind> kind{};
  std::optional<Gender> gender{};
  std::optional<bool> verified{};                ///< false: those whom staff has still to verify
  std::optional<PlaceholderName> placeholder{};  ///< those who have no name yet, and why
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = false;
};
BOOST_DESCRIBE_STRUCT(ListPatients, (), (status, kind, gender, verified, placeholder, after, limit, newest_first))

/// Each word of `q` must be the beginning of the names or the last name, or equal the number, the email, the phone or
/// the national ID.
struct SearchPatients {
  std::string q{};
  std::optional<PatientStatus> status{};
  std::optional<PatientKind> kind{};
  std::optional<Gender> gender{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
};
BOOST_DESCRIBE_STRUCT(SearchPatients, (), (q, status, kind, gender, after, limit))

/// A page in the order of creation. Pages are stable while records are added and removed: a page continues after a
/// record, not at an offset.
struct PatientPage {
  std::vector<PatientView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(PatientPage, (), (items, next))

struct MedicalHistoryView {
  std::string patient_id{};
  std::optional<std::string> history{};
  std::optional<std::string> updated_by{};
  std::optional<Timestamp> updated_at{};
  std::int64_t version = 0;  ///< 0: nothing written yet
};
BOOST_DESCRIBE_STRUCT(MedicalHistoryView, (), (patient_id, history, updated_by, updated_at, version))

struct UpdateMedicalHistory {
  std::string patient{};
  std::optional<std::int64_t> version{};
  std::string history{};
};
BOOST_DESCRIBE_STRUCT(UpdateMedicalHistory, (), (patient, version, history))

struct AddIdentifier {
  std::string patient{};
  std::string system{};
  std::string value{};
};
BOOST_DESCRIBE_STRUCT(AddIdentifier, (), (patient, system, value))

struct PatientIdentifiers {
  std::string patient_id{};
  std::vector<IdentifierValue> identifiers{};
};
BOOST_DESCRIBE_STRUCT(PatientIdentifiers, (), (patient_id, identifiers))

/// Who saw or changed a patient's record.
struct AccessLog {
  std::string patient{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = true;
};
BOOST_DESCRIBE_STRUCT(AccessLog, (), (patient, after, limit, newest_first))

struct RecordAccess {
  std::string id{};
  Timestamp created_at{};
  std::optional<std::string> actor_id{};  ///< for administrators, and the caller's own
  std::string actor_name{};
  std::optional<std::string> actor_username{};  ///< the current one, for callers who see the id
  std::string actor_role{};
  std::string action{};
  AuditOutcome outcome = AuditOutcome::done;
  EntrySignature signature = EntrySignature::valid;
};
BOOST_DESCRIBE_STRUCT(RecordAccess, (),
                      (id, created_at, actor_id, actor_name, actor_username, actor_role, action, outcome, signature))

template <>
struct FieldRules<RecordAccess> {
  static constexpr std::array rules{signature_rule};
};

struct AccessLogPage {
  std::vector<RecordAccess> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(AccessLogPage, (), (items, next))

/// An invitation that was sent: the person sets a password by its link.
struct Invitation {
  std::string user_id{};
  MessageChannel channel = MessageChannel::email;
  Timestamp expires_at{};
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (user_id, channel, expires_at))

/// Patients: registration at the desk, records, search. Thread-safe. Every method throws Error; docs/operations.md
/// lists the codes of each.
class CLINIC_API PatientService {
 public:
  explicit PatientService(Session session) : session_(std::move(session)) {}

  /// Registers a patient, with a portal account if requested, in one transaction.
  RegisteredPatient register_patient(const RegisterPatient& request, const CallOptions& options = {}) const;
  /// Makes a portal account for a patient that has none.
  /// Registers somebody who cannot say who they are, as "Unidentified Patient P2026001". patients.update names the
  /// person later.
  RegisteredPatient register_unidentified(const RegisterUnidentified& request = {},
                                          const CallOptions& options = {}) const;
  RegisteredPatient create_account(const CreateAccount& request, const CallOptions& options = {}) const;
  /// Makes accounts for patients that have none, with a result for each.
  AccountsCreated create_accounts(const CreateAccounts& request = {}, const CallOptions& options = {}) const;
  /// Records that clinical staff saw in person that the account is this patient's. This opens the medical data to the
  /// account.
  PatientView confirm_account(const PatientKey& request, const CallOptions& options = {}) const;
  /// Sends the patient a link to set a password. Makes the account first if there is none; a second invitation uses the
  /// same account.
  Invitation invite(const PatientKey& request, const CallOptions& options = {}) const;
  PatientView get(const PatientKey& request, const CallOptions& options = {}) const;
  PatientPage list(const ListPatients& request, const CallOptions& options = {}) const;
  PatientPage search(const SearchPatients& request, const CallOptions& options = {}) const;
  PatientView update(const UpdatePatient& request, const CallOptions& options = {}) const;
  /// Records that staff saw a document that proves the patient's identity.
  PatientView verify(const PatientKey& request, const CallOptions& options = {}) const;
  MedicalHistoryView medical_history(const PatientKey& request, const CallOptions& options = {}) const;
  MedicalHistoryView update_medical_history(const UpdateMedicalHistory& request, const CallOptions& options = {}) const;
  PatientIdentifiers identifiers(const PatientKey& request, const CallOptions& options = {}) const;
  PatientIdentifiers add_identifier(const AddIdentifier& request, const CallOptions& options = {}) const;
  PatientIdentifiers remove_identifier(const AddIdentifier& request, const CallOptions& options = {}) const;
  /// Finds the patient to whom that system gave that identifier.
  PatientView find_by_identifier(const IdentifierValue& request, const CallOptions& options = {}) const;
  /// Lists who saw or changed the record. A patient does not see the details about staff.
  AccessLogPage access_log(const AccessLog& request, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
