#include "domains/people/registration.hpp"

#include "base/formats.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/numbering.hpp"

namespace clinic {
namespace {

/// The document's words for an email that another portal account has (PORTAL-3).
Error portal_email_exists(const std::string& path) {
  return Error(ErrorCode::duplicate_email, "Please use a different email address for the patient portal.",
               {{path, "duplicate", "Please use a different email address for the patient portal."}});
}

/// A portal account's duplicates, at the paths where the request had them. Its email and username are one: a duplicate
/// of either is a duplicate email.
template <class Store>
void translating_duplicates(const std::string& email_path, const std::string& phone_path, Store store) {
  try {
    store();
  } catch (const StorageError& failure) {
    if (violates(failure, "User", "email_key") || violates(failure, "User", "username_key"))
      throw portal_email_exists(email_path);
    if (violates(failure, "User", "phone_login_key")) {
      const auto error = to_error(failure);
      throw Error(error.code(), error.detail(), {{phone_path, "duplicate", error.detail()}});
    }
    throw;
  }
}

/// A number names its patient beside ids and in addresses: it must not pass for an id of ours, nor for a folder.
void check_number(std::string_view number) {
  const bool like_an_id = number.size() == 36 && number[8] == '-' && number[13] == '-' && number[18] == '-' &&
                          number[23] == '-' && number.find_first_not_of("0123456789abcdefABCDEF-") == number.npos;
  if (like_an_id || number == "." || number == "..")
    refuse("number", "invalid_format",
           "The number must not look like an identifier of the SDK's own, nor be `.` or `..`.");
}

Patient to_patient(const RegisterPatient& request) {
  Patient patient;
  patient.number = request.number.value_or("");
  patient.first_name = request.first_name;
  patient.last_name = request.last_name;
  patient.birth_date = request.birth_date;
  patient.age_years = request.age_years;
  patient.gender = request.gender;
  patient.phone = request.phone ? request.phone : request.portal_phone;
  patient.email = request.email ? request.email : request.portal_email;
  patient.whatsapp = request.whatsapp;
  patient.national_id = request.national_id;
  patient.address = request.address;
  patient.emergency_contact_name = request.emergency_contact_name;
  patient.emergency_contact_phone = request.emergency_contact_phone;
  patient.insurance_provider = request.insurance_provider;
  patient.policy_number = request.policy_number;
  patient.allergies = request.allergies;
  return patient;
}

bool is_an_accounts(Call& call, const std::optional<std::string>& email) {
  if (!email) return false;
  return call.read([&](Transaction& transaction) {
    const auto key = email_key(*email);
    return !Repository<User>(transaction)
                .select(Query(where(&User::email_key) == key || where(&User::username_key) == key).limit(1))
                .empty();
  });
}

void check_portal(const Policy& policy, const RegisterPatient& request) {
  if (request.create_portal_account) {
    if (!request.portal_email && !request.email)
      refuse("portal_email", "required", "Email is required when creating a patient portal account.");
    if (policy.strict_phone && request.portal_phone && !phone_key(*request.portal_phone, policy.default_region))
      refuse("portal_phone", "invalid_format", "The phone number is not valid in the clinic's region.");
    return;
  }
  if (request.portal_email) refuse("portal_email", "not_applicable", "This needs create_portal_account.");
  if (request.portal_phone) refuse("portal_phone", "not_applicable", "This needs create_portal_account.");
  if (request.password) refuse("password", "not_applicable", "This needs create_portal_account.");
}

void check_guardian(const Policy& policy, const RegisterPatient& request) {
  if (!request.guardian) return;
  if (!policy.household)
    refuse("guardian", "not_applicable", "The clinic's policy has no guardian accounts (`household`).");
  if (request.create_portal_account)
    refuse("guardian", "not_applicable", "Who is on a guardian's account has none of its own.");
}

void store_identifiers(UnitOfWork& work, const std::string& patient_id,
                       const std::vector<IdentifierValue>& identifiers) {
  std::vector<ExternalIdentifier> rows;
  for (const auto& identifier : identifiers)
    rows.push_back({work.new_id(), patient_id, identifier.system, identifier.value, work.now()});
  if (!rows.empty()) work.of<ExternalIdentifier>().insert_many(rows);
}

void store_history(UnitOfWork& work, const Call& call, const std::string& patient_id,
                   const std::optional<std::string>& text) {
  if (!text) return;
  MedicalHistory history;
  history.id = patient_id;
  history.history = *text;
  history.updated_by = call.actor_key();
  history.updated_at = work.now();
  work.of<MedicalHistory>().insert(history);
}

Patient guardian_of(Transaction& transaction, const std::string& id_or_number) {
  auto guardian = look_up_patient(transaction, id_or_number);
  if (!guardian) throw Error(ErrorCode::not_found, {}, {{"guardian", "not_found", "There is no such patient."}});
  return std::move(*guardian);
}

/// An email of a household stands with the guardian, whose account gets the mail: emails of patients are unique.
void share_email(Transaction& transaction, const std::string& guardian, Patient& patient) {
  if (!patient.email_key) return;
  const auto its_patient = guardian_of(transaction, guardian);
  const auto account = account_of(transaction, its_patient);
  if (patient.email_key != its_patient.email_key && (!account || patient.email_key != account->email_key)) return;
  patient.email.reset();
  patient.email_key.reset();
}

/// A person of a household, under its guardian's account.
void put_on_account(UnitOfWork& work, const Call& call, const std::string& guardian, Patient& patient) {
  const auto account = account_of(work.transaction(), guardian_of(work.transaction(), guardian));
  if (!account) throw Error(ErrorCode::not_linked, "The guardian has no account.");
  add_dependent(work, StaffDecision::on_purpose(call), *account, patient);
}

RegisteredPatient answer(const Call& call, const Patient& patient, const User* account,
                         const Credentials* credentials) {
  RegisteredPatient answer;
  answer.message = account ? "Patient registered successfully with portal account" : "Patient registered successfully";
  answer.patient = view(call, patient);
  if (account) {
    answer.portal_created = true;
    answer.portal_credentials = shown(call.policy(), *account, *credentials);
  }
  return answer;
}

RegisteredPatient store_registration(UnitOfWork& work, const Call& call, const RegisterPatient& request,
                                     Patient patient, const std::string& number, const Credentials* credentials) {
  patient.id = work.new_id();
  patient.number = number;
  patient.created_by = call.actor_key();
  patient.created_at = patient.updated_at = work.now();

  std::optional<User> account;
  if (credentials) {
    account = new_account(call.policy(), work.now(), patient, *credentials);
    if (request.portal_email) account->email = request.portal_email;
    if (request.portal_phone) account->phone = request.portal_phone;
    patient.account_id = account->id;
  }
  if (request.guardian) share_email(work.transaction(), *request.guardian, patient);
  contacts_given(voucher_of(call), work.now(), {}, contacts_of(patient), patient);
  work.of<Patient>().insert(patient);
  if (account) {
    translating_duplicates(request.portal_email ? "portal_email" : "email",
                           request.portal_phone ? "portal_phone" : "phone",
                           [&] { store_account(work, call, *account, patient, *credentials); });
  }
  if (request.guardian) put_on_account(work, call, *request.guardian, patient);
  store_identifiers(work, patient.id, request.identifiers);
  store_history(work, call, patient.id, request.medical_history);

  const auto if_account = [&](JsonValue value) { return account ? std::move(value) : JsonValue(std::nullopt); };
  work.audit({.resource_id = patient.id,
              .patient_id = patient.id,
              .metadata = json_object({{"portal_account_created", if_account(true)},
                                       {"patient_id", patient.number},
                                       {"portal_username", if_account(account ? account->username : "")}})});
  announce(work, "patient.registered", patient.id, patient);
  if (account) announce(work, "account.created", account->id, patient);
  return answer(call, patient, account ? &*account : nullptr, credentials);
}

}  // namespace

RegisteredPatient register_patient(Call& call, const RegisterPatient& request) {
  check_portal(call.policy(), request);
  check_guardian(call.policy(), request);
  if (request.birth_date && request.age_years)
    refuse("age_years", "not_applicable", "Give the birth date or an age, not both.");
  check_birth_date(call, request.birth_date);
  if (request.number) check_number(*request.number);
  // Before the transaction: parsing a phone number takes as long as a few statements, and a refusal need not wait for a
  // hash.
  auto person = to_patient(request);
  if (person.age_years) person.age_stated_on = call.today();
  normalise(call.policy(), person);
  std::optional<Credentials> credentials;
  if (request.create_portal_account)
    credentials = make_credentials(call, request.password, call.policy().credential_delivery,
                                   words_of(person, {request.portal_email, request.portal_phone}));
  const auto* made = credentials ? &*credentials : nullptr;

  auto store = [&](const std::string& number) {
    try {
      return call.write(
          [&](UnitOfWork& work) { return store_registration(work, call, request, person, number, made); });
    } catch (const StorageError& failure) {
      // The patient is stored first, but what the desk must be told first is that the person has an account.
      const auto& email = request.portal_email ? request.portal_email : request.email;
      if (made && failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION && failure.record() == "Patient" &&
          (request.number || failure.constraint() != "number") && is_an_accounts(call, email))
        throw portal_email_exists(request.portal_email ? "portal_email" : "email");
      throw;
    }
  };
  auto number_in = [](const RegisteredPatient& registered) { return registered.patient.number; };
  auto result = request.number ? store(*request.number) : with_number(call, store, number_in);
  call.engine().log()(LogLevel::info, "patient " + result.patient.number + " registered" +
                                          (result.portal_created ? " with a portal account" : ""));
  return result;
}

RegisteredPatient create_account(Call& call, const CreateAccount& request) {
  const auto credentials = make_credentials_of(call, request.patient, {request.email, request.phone}, request.password,
                                               request.delivery.value_or(call.policy().credential_delivery));
  return call.write([&](UnitOfWork& work) {
    return store_new_account(work, call, request, find_patient(work.transaction(), request.patient), credentials);
  });
}

RegisteredPatient store_new_account(UnitOfWork& work, const Call& call, const CreateAccount& request, Patient patient,
                                    const Credentials& credentials) {
  if (patient.account_id) throw Error(ErrorCode::already_linked, "The patient already has an account.");
  const auto contacts = contacts_of(patient);
  if (request.email && !patient.email) patient.email = request.email;
  if (request.phone && !patient.phone) patient.phone = request.phone;
  auto account = new_account(call.policy(), work.now(), patient, credentials);
  if (request.email) account.email = request.email;
  if (request.phone) account.phone = request.phone;
  if (!account.email && !account.phone)
    refuse("email", "required", "Email is required when creating a patient portal account.");
  normalise(call.policy(), patient);
  normalise(call.policy(), account, &patient);
  contacts_given(voucher_of(call), work.now(), contacts, contacts_of(patient, &account), patient);
  translating_duplicates("email", "phone", [&] {
    give_account(work, call, StaffDecision::on_purpose(call), patient, account, credentials);
  });
  work.audit({.resource_type = Table<User>::resource,
              .resource_id = account.id,
              .patient_id = patient.id,
              .metadata = json_object({{"patient_id", patient.number}, {"portal_username", account.username}}),
              .action = "ACCOUNT_CREATED"});
  auto result = answer(call, patient, &account, &credentials);
  result.message = "Portal account created successfully";
  return result;
}

}  // namespace clinic
