#include "base/formats.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/notices.hpp"
#include "domains/people/patch.hpp"
#include "domains/people/registration.hpp"
#include "domains/people/subjects.hpp"
#include "domains/people/visibility.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"
#include "engine/page.hpp"
#include "store/storage_errors.hpp"

#include <sstream>

namespace clinic {
namespace {

PatientView get_patient(Call& call, Transaction& transaction, const PatientKey& request) {
  auto patient = find_patient(call, transaction, request.patient);
  require_readable(patient);
  return view(call, std::move(patient));
}

Criteria<Patient> filters(const std::optional<PatientStatus>& status, const std::optional<PatientKind>& kind,
                          const std::optional<Gender>& gender) {
  Criteria<Patient> criteria;
  if (status) criteria = std::move(criteria) && where(&Patient::status) == *status;
  if (kind) criteria = std::move(criteria) && where(&Patient::kind) == *kind;
  if (gender) criteria = std::move(criteria) && where(&Patient::gender) == *gender;
  return criteria;
}

PatientPage list_patients(Call& call, Transaction& transaction, const ListPatients& request) {
  auto criteria = filters(request.status, request.kind, request.gender);
  if (request.verified)
    criteria =
        std::move(criteria) && where(&Patient::status) != PatientStatus::merged &&
        (*request.verified ? where(&Patient::verified_at).is_not_null() : where(&Patient::verified_at).is_null());
  if (request.placeholder) criteria = std::move(criteria) && where(&Patient::placeholder) == *request.placeholder;
  return page_of<PatientPage>(transaction, visible(call, std::move(criteria)), request.after, request.limit,
                              request.newest_first, [&](Patient patient) { return view(call, std::move(patient)); });
}

Criteria<Patient> name_begins_with(std::string_view word) {
  return starts_with(&Patient::name_key, word) || starts_with(&Patient::last_name_key, word);
}

/// Each of the words begins the name or the last name. Written as two cases of the first word, and not as one condition
/// for each word, because that is what indexes can serve.
Criteria<Patient> every_word_begins_a_name(const std::string& text) {
  std::istringstream words(text);
  std::string first, word;
  words >> first;
  Criteria<Patient> others;
  while (words >> word)
    others = std::move(others) && name_begins_with(word);
  if (others.empty()) return name_begins_with(first);
  return (starts_with(&Patient::name_key, text) || (starts_with(&Patient::name_key, first) && others)) ||
         (starts_with(&Patient::last_name_key, first) && others);
}

/// The whole text begins the name, or is a key; or each of its words begins the name or the last name. An email is
/// looked for as an email alone: that is one look at one index.
Criteria<Patient> matches(const Call& call, const std::string& text) {
  if (valid_email(text)) return where(&Patient::email_key) == email_key(text);
  auto criteria = every_word_begins_a_name(fold(text)) || where(&Patient::number) == text ||
                  where(&Patient::email_key) == email_key(text);
  if (auto key = phone_key(text, call.policy().default_region))
    criteria = std::move(criteria) || where(&Patient::phone_key) == *key;
  if (auto key = national_id_key(text); !key.empty())
    criteria = std::move(criteria) ||
               where(&Patient::national_id_key)
                   .in(call.engine().protection().stored_forms(Table<Patient>::hashed_keys.front(), key));
  return criteria;
}

PatientPage search_patients(Call& call, Transaction& transaction, const SearchPatients& request) {
  auto criteria = matches(call, request.q) && filters(request.status, request.kind, request.gender) &&
                  where(&Patient::status) != PatientStatus::merged;
  return page_of<PatientPage>(transaction, std::move(criteria), request.after, request.limit, false,
                              [&](Patient patient) { return view(call, std::move(patient)); });
}

PatientView update_patient(Call& call, const UpdatePatient& request) {
  if (const auto* status = request.status.value_or_null(); status && *status == PatientStatus::merged)
    throw Error(ErrorCode::validation_failed, {}, {{"status", "unknown_word", "Only a merge makes a patient merged."}});
  if (request.birth_date.value_or_null() && request.age_years.value_or_null())
    throw Error(ErrorCode::validation_failed, {},
                {{"age_years", "not_applicable", "Give the birth date or an age, not both."}});
  if (const auto* birth_date = request.birth_date.value_or_null()) check_birth_date(call, *birth_date);
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    require_readable(patient);
    check_version(patient, request.version);
    const auto was = patient;
    apply_patch(request, patient);
    if (std::tie(patient.first_name, patient.last_name) != std::tie(was.first_name, was.last_name))
      patient.placeholder.reset();
    if (patient.birth_date && request.age_years.value_or_null())
      refuse("age_years", "not_applicable", "The patient has a birth date; clear it to state an age instead.");
    // The same age said again is true of another day.
    if (!request.age_years.absent())
      patient.age_stated_on = patient.age_years ? std::optional(call.today()) : std::nullopt;
    if (patient.birth_date && !request.birth_date.absent()) {
      patient.age_years.reset();
      patient.age_stated_on.reset();
    }
    patient.updated_at = work.now();
    normalise(call.policy(), patient);
    // Only the account's own patient shares contacts with it; a dependent's are the dependent's.
    auto account = account_of(work.transaction(), patient);
    if (account && account->patient_id != patient.id) account.reset();
    const auto before = account;
    const bool followed = account && follow_patient(work.transaction(), call, was, patient, *account);
    if (followed) {
      account->updated_at = work.now();
      normalise(call.policy(), *account);
    }
    contacts_given(voucher_of(call), work.now(), contacts_of(was, before ? &*before : nullptr),
                   contacts_of(patient, account ? &*account : nullptr), patient);
    work.of<Patient>().update(patient);
    if (account) proof_may_have_ended(work, was.account_proven_at.has_value(), patient, account->id);
    if (followed) {
      follow_contacts(work, call.policy(), *before, *account);
      update(work, *account);
      end_links_to_old_contacts(work, *before, *account);
      tell_owner(work, call, *before, *account);
    }
    work.audit({.resource_id = patient.id,
                .patient_id = patient.id,
                .metadata = json_object({{"fields", changed_fields(request)}})});
    work.event("patient.updated", patient.id, json_object({{"patient_number", patient.number}}));
    return view(call, patient);
  });
}

PatientView verify_patient(Call& call, const PatientKey& request) {
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    patient.verified_at = patient.updated_at = work.now();
    patient.verified_by = call.actor_key();
    work.of<Patient>().update(patient);
    work.audit({.resource_id = patient.id, .patient_id = patient.id});
    work.event("patient.verified", patient.id, json_object({{"patient_number", patient.number}}));
    return view(call, patient);
  });
}

/// A dependent's account is its guardian's: it must be proven to be that.
void check_guardian(UnitOfWork& work, const User& account) {
  if (account.patient_id) work.of<Patient>().touch(*account.patient_id);  // no proof ends at this moment
  if (!account.patient_id || !find_patient(work.transaction(), *account.patient_id).account_proven_at)
    throw Error(ErrorCode::not_linked,
                "The account is not proven to be its own patient's, the guardian's: confirm that one first.");
}

PatientView confirm_account(Call& call, const PatientKey& request) {
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    const auto account = account_of(work.transaction(), patient);
    if (!account) throw Error(ErrorCode::not_linked, "The patient has no account.");
    const bool own = account->patient_id == patient.id;
    if (!own) check_guardian(work, *account);
    patient.account_proven_at = patient.updated_at = work.now();
    // The answer shows the patient's contacts. Others that the account has, nobody has seen who confirms it.
    const bool seen = !own || contacts_of(patient) == contacts_of(patient, &*account);
    if (seen) patient.contacts_vouched_at = work.now();
    work.of<Patient>().update(patient);
    work.audit({.resource_id = patient.id, .patient_id = patient.id});
    work.event("account.confirmed", account->id, json_object({{"patient_number", patient.number}}));
    return view(call, patient);
  });
}

MedicalHistoryView history_view(const std::string& patient_id, const std::optional<MedicalHistory>& history) {
  if (!history) return {.patient_id = patient_id};
  require_readable(*history);
  return {patient_id, history->history, history->updated_by, history->updated_at, history->version};
}

MedicalHistoryView get_history(Call& call, Transaction& transaction, const PatientKey& request) {
  const auto patient = find_patient(call, transaction, request.patient);
  call.concerns("medical_history", patient.id, patient.id);
  require_medical_open(call, patient);
  return history_view(patient.id, Repository<MedicalHistory>(transaction).find(patient.id));
}

/// Where two write the first one at once, the later of them runs again, and finds it.
void insert_first(UnitOfWork& work, MedicalHistory& history) {
  try {
    work.of<MedicalHistory>().insert(history);
  } catch (const StorageError& failure) {
    if (!violates(failure, "MedicalHistory", "id")) throw;
    throw StorageError(CLINIC_PLUGIN_STALE, failure.native_code(), failure.record(), {}, failure.what());
  }
}

MedicalHistoryView update_history(Call& call, const UpdateMedicalHistory& request) {
  return call.write([&](UnitOfWork& work) {
    const auto patient = find_patient(work.transaction(), request.patient);
    auto history = work.of<MedicalHistory>().find(patient.id);
    const bool first = !history;
    if (first) history.emplace();
    require_readable(*history);
    check_version(*history, request.version);
    history->id = patient.id;
    history->history = request.history;
    history->updated_by = call.actor_key();
    history->updated_at = work.now();
    if (first)
      insert_first(work, *history);
    else
      work.of<MedicalHistory>().update(*history);
    work.audit({.resource_id = patient.id, .patient_id = patient.id});
    work.event("patient.medical_history_updated", patient.id);
    return history_view(patient.id, history);
  });
}

PatientIdentifiers identifiers_of(Transaction& transaction, const std::string& patient_id) {
  PatientIdentifiers result{patient_id, {}};
  for (auto& row :
       Repository<ExternalIdentifier>(transaction)
           .select(Query(where(&ExternalIdentifier::patient_id) == patient_id).order_by(&ExternalIdentifier::id)))
    result.identifiers.push_back({std::move(row.system), std::move(row.value)});
  return result;
}

Criteria<ExternalIdentifier> same_identifier(const std::string& system, const std::string& value) {
  return where(&ExternalIdentifier::system) == system && where(&ExternalIdentifier::value) == value;
}

PatientIdentifiers list_identifiers(Call& call, Transaction& transaction, const PatientKey& request) {
  return identifiers_of(transaction, find_patient(call, transaction, request.patient).id);
}

PatientIdentifiers add_identifier(Call& call, const AddIdentifier& request) {
  return call.write([&](UnitOfWork& work) {
    const auto patient = find_patient(work.transaction(), request.patient);
    ExternalIdentifier row{work.new_id(), patient.id, request.system, request.value, work.now()};
    try {
      work.of<ExternalIdentifier>().insert(row);
    } catch (const StorageError& failure) {
      if (!violates(failure, "ExternalIdentifier", "system,value")) throw;
      const auto detail = to_error(failure).detail();
      throw Error(ErrorCode::duplicate_identifier, detail, {{"value", "duplicate", detail}});
    }
    work.audit(
        {.resource_id = patient.id, .patient_id = patient.id, .metadata = json_object({{"system", request.system}})});
    return identifiers_of(work.transaction(), patient.id);
  });
}

PatientIdentifiers remove_identifier(Call& call, const AddIdentifier& request) {
  return call.write([&](UnitOfWork& work) {
    const auto patient = find_patient(work.transaction(), request.patient);
    if (!work.of<ExternalIdentifier>().erase_where(same_identifier(request.system, request.value) &&
                                                   where(&ExternalIdentifier::patient_id) == patient.id))
      throw Error(ErrorCode::not_found, {}, {{"value", "not_found", "The patient has no such identifier."}});
    work.audit(
        {.resource_id = patient.id, .patient_id = patient.id, .metadata = json_object({{"system", request.system}})});
    return identifiers_of(work.transaction(), patient.id);
  });
}

PatientView find_by_identifier(Call& call, Transaction& transaction, const IdentifierValue& request) {
  auto row = Repository<ExternalIdentifier>(transaction).first(same_identifier(request.system, request.value));
  if (!row) throw Error(ErrorCode::not_found, {}, {{"value", "not_found", "No patient has this identifier."}});
  auto patient = find_patient(transaction, row->patient_id);
  require_readable(patient);
  return view(call, std::move(patient));
}

}  // namespace

template <>
std::vector<Operation> rows_of<PatientService>() {
  using enum ErrorCode;
  const RoleSet desk{Role::admin, Role::receptionist};
  const RoleSet staff{Role::admin, Role::doctor, Role::nurse, Role::receptionist, Role::cashier, Role::technician};
  const RoleSet identity{Role::admin, Role::doctor, Role::nurse, Role::receptionist};
  const RoleSet clinical{Role::doctor, Role::nurse};
  return {
      operation<register_patient>({
          .name = "patients.register",
          .help = "Register a patient, with a portal account where asked",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"POST", "/patients", 201},
          .audit = "PATIENT_CREATED",
          .resource = "patient",
          .subject = no_record,
          .errors = {duplicate_email, duplicate_phone, duplicate_username, duplicate_national_id, duplicate_number,
                     duplicate_identifier, duplicate_record, constraint_violation, not_found, not_linked,
                     already_linked, not_linkable},
          .failure = "Failed to create patient",
      }),
      operation<register_unidentified>({
          .name = "patients.register_unidentified",
          .help = "Register somebody who cannot say who they are; patients.update names the person later",
          .effect = Effect::writes,
          .roles = staff,
          .http = {"POST", "/patients/unidentified", 201},
          .audit = "PATIENT_CREATED",
          .resource = "patient",
          .subject = no_record,
          .errors = {duplicate_number},
          .failure = "Failed to register patient",
      }),
      operation<create_accounts>({
          .name = "patients.create_accounts",
          .help = "Make portal accounts for patients that have none, with a result for each",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"POST", "/patients/create-accounts"},
          .audit = "ACCOUNTS_CREATED",
          .resource = "user",
          .subject = no_record,
          .fault = told_by<&AccountsCreated::accounts_refused>,
      }),
      operation<create_account>({
          .name = "patients.create_account",
          .help = "Make a portal account for a patient that has none",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"POST", "/patients/{patient}/create-account", 201},
          .audit = "ACCOUNT_CREATED",
          .resource = "user",
          .subject = patient_named_by<&CreateAccount::patient>,
          .errors = {not_found, already_linked, not_linkable, duplicate_email, duplicate_phone, duplicate_username,
                     stale_record},
      }),
      operation<get_patient>({
          .name = "patients.get",
          .help = "One patient, by id or number",
          .effect = Effect::reads,
          .roles = staff.with_linked(Role::patient),
          .http = {"GET", "/patients/{patient}"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found, record_damaged},
      }),
      operation<list_patients>({
          .name = "patients.list",
          .help = "Patients in the order of registration, page by page; verified=false lists those to verify",
          .effect = Effect::reads,
          .roles = staff.with_linked(Role::patient),
          .http = {"GET", "/patients"},
          .audit = "PATIENTS_LISTED",
          .resource = "patient",
          .subject = narrowed_by_handler,
      }),
      operation<search_patients>({
          .name = "patients.search",
          .help = "Patients by name, number, email, phone or national ID",
          .effect = Effect::reads,
          .roles = staff,
          .http = {"GET", "/patients/search"},
          .audit = "PATIENTS_SEARCHED",
          .resource = "patient",
          .subject = no_record,
      }),
      operation<update_patient>({
          .name = "patients.update",
          .help = "Change a patient; the account follows in the same transaction",
          .effect = Effect::writes,
          .roles = identity,
          .http = {"PATCH", "/patients/{patient}"},
          .audit = "PATIENT_UPDATED",
          .resource = "patient",
          .subject = patient_named_by<&UpdatePatient::patient>,
          .errors = {not_found, record_damaged, stale_record, duplicate_email, duplicate_phone, duplicate_username,
                     duplicate_national_id},
      }),
      operation<verify_patient>({
          .name = "patients.verify",
          .help = "Record that staff saw a document that proves who the patient is",
          .effect = Effect::writes,
          .roles = identity,
          .http = {"POST", "/patients/{patient}/verify"},
          .audit = "PATIENT_VERIFIED",
          .resource = "patient",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found, stale_record},
      }),
      operation<confirm_account>({
          .name = "patients.confirm_account",
          .help = "Record that staff saw the account and contacts to be this patient's; opens medical data",
          .effect = Effect::writes,
          .roles = clinical,
          .http = {"POST", "/patients/{patient}/account/confirm"},
          .audit = "ACCOUNT_CONFIRMED",
          .resource = "patient",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found, not_linked, stale_record},
      }),
      operation<get_history>({
          .name = "patients.medical_history.get",
          .help = "A patient's medical history",
          .effect = Effect::reads,
          .roles = clinical.with_linked(Role::patient),
          .http = {"GET", "/patients/{patient}/medical-history"},
          .audit = "MEDICAL_HISTORY_READ",
          .resource = "medical_history",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found, record_damaged},
      }),
      operation<update_history>({
          .name = "patients.medical_history.update",
          .help = "Write a patient's medical history",
          .effect = Effect::writes,
          .roles = clinical,
          .http = {"PATCH", "/patients/{patient}/medical-history"},
          .audit = "MEDICAL_HISTORY_UPDATED",
          .resource = "medical_history",
          .subject = patient_named_by<&UpdateMedicalHistory::patient>,
          .errors = {not_found, record_damaged, stale_record},
      }),
      operation<list_identifiers>({
          .name = "patients.identifiers.list",
          .help = "Identifiers that other systems gave to a patient",
          .effect = Effect::reads,
          .roles = staff.with_linked(Role::patient),
          .http = {"GET", "/patients/{patient}/identifiers"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found},
      }),
      operation<add_identifier>({
          .name = "patients.identifiers.add",
          .help = "Add an identifier of another system",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"POST", "/patients/{patient}/identifiers", 201},
          .audit = "IDENTIFIER_ADDED",
          .resource = "patient",
          .subject = patient_named_by<&AddIdentifier::patient>,
          .errors = {not_found, duplicate_identifier},
      }),
      operation<remove_identifier>({
          .name = "patients.identifiers.remove",
          .help = "Remove an identifier of another system",
          .effect = Effect::writes,
          .roles = desk,
          .http = {"DELETE", "/patients/{patient}/identifiers"},
          .audit = "IDENTIFIER_REMOVED",
          .resource = "patient",
          .subject = patient_named_by<&AddIdentifier::patient>,
          .errors = {not_found},
      }),
      operation<find_by_identifier>({
          .name = "patients.find_by_identifier",
          .help = "The patient to whom another system gave an identifier",
          .effect = Effect::reads,
          .roles = staff,
          .http = {"GET", "/patients/by-identifier"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = no_record,
          .errors = {not_found, record_damaged},
      }),
  };
}

}  // namespace clinic
