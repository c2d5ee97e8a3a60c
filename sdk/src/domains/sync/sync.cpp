#include "base/formats.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/matching.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/subjects.hpp"
#include "domains/people/users.hpp"
#include "domains/sync/sync_check.hpp"
#include "domains/sync/sync_run.hpp"
#include "engine/make_operation.hpp"
#include "store/storage_errors.hpp"

#include <set>

namespace clinic {
namespace {

LinkedPerson person(const Call& call, const User& user, const Patient& patient, bool created) {
  return {view(user), view(call, patient), created};
}

void require_patient_role(const User& user) {
  if (user.role != Role::patient)
    throw Error(ErrorCode::not_linkable, "Only a patient-role user has a patient made for it; link staff on purpose.");
}

void audit_link(UnitOfWork& work, const User& user, const Patient& patient, std::string_view reason = {},
                bool activated = false) {
  work.audit({.resource_id = user.id,
              .patient_id = patient.id,
              .metadata = json_object({{"patient_id", patient.number},
                                       {"reason", reason.empty() ? JsonValue(std::nullopt) : JsonValue(reason)},
                                       {"activated", activated ? JsonValue(true) : JsonValue(std::nullopt)}})});
}

/// Links the two where they are not linked yet, and says in the audit which of both it was.
void link_or_find(UnitOfWork& work, Call& call, User& user, Patient& patient) {
  const bool linked = user.patient_id == patient.id && patient.account_id == user.id;
  link(work, call, StaffDecision::by_policy(call), user, patient);
  audit_account(work, user, patient, linked ? "ACCOUNT_FOUND" : "ACCOUNT_LINKED");
}

void fill(const CreatePatientFromUser& extra, Patient& patient) {
  if (extra.birth_date) patient.birth_date = extra.birth_date;
  if (extra.gender) patient.gender = extra.gender;
  if (extra.address) patient.address = extra.address;
  if (extra.national_id) patient.national_id = extra.national_id;
}

LinkedPerson create_patient_from_user(Call& call, const CreatePatientFromUser& request) {
  check_birth_date(call, request.birth_date);
  auto store = [&](const std::string& number) {
    return call.write([&](UnitOfWork& work) {
      auto user = find_user(work.transaction(), request.user);
      require_patient_role(user);
      auto patient = user.patient_id ? find_patient(work.transaction(), *user.patient_id)
                                     : sole_match(work.transaction(), call.policy(), user);
      const bool created = !patient;
      if (created) {
        patient = patient_from_user(call, work.now(), user, number);
        fill(request, *patient);
        normalise(call.policy(), *patient);
        contacts_given(voucher_of(call), work.now(), {}, contacts_of(*patient), *patient);
        give_patient(work, *patient, user);
        work.of<User>().update(user);
        audit_link(work, user, *patient);
      } else {
        link_or_find(work, call, user, *patient);
      }
      return person(call, user, *patient, created);
    });
  };
  return with_number(call, store, [](const LinkedPerson& linked) { return linked.patient.number; });
}

LinkedPerson create_user_from_patient(Call& call, const CreateUserFromPatient& request) {
  // Its answer has no place for a temporary password; patients.create_account delivers one.
  const auto credentials =
      request.password ? make_credentials_of(call, request.patient, {}, request.password, CredentialDelivery::response)
                       : Credentials{};
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    auto user = account_of(work.transaction(), patient);
    if (!user) user = sole_match(work.transaction(), call.policy(), patient);
    const bool created = !user;
    if (created) {
      user = new_account(call.policy(), work.now(), patient, credentials);
      give_account(work, call, StaffDecision::on_purpose(call), patient, *user, credentials);
      audit_link(work, *user, patient);
    } else {
      link_or_find(work, call, *user, patient);
    }
    return person(call, *user, patient, created);
  });
}

MaybePatient patient_for_user(Call& call, Transaction& transaction, const UserKey& request) {
  const auto user = find_user(transaction, request.user);
  MaybePatient result;
  if (auto patient = own_patient(transaction, user)) result.patient = view(call, std::move(*patient));
  return result;
}

MaybeUser user_for_patient(Call&, Transaction& transaction, const PatientKey& request) {
  auto account = account_of(transaction, find_patient(transaction, request.patient));
  return MaybeUser{account ? std::optional(view(*account)) : std::nullopt};
}

constexpr std::uint64_t most_people = 100;

Person joined(Call& call, Transaction& transaction, const Patient& patient) {
  const auto account = account_of(transaction, patient);
  return {view(call, patient), account ? std::optional(view(*account)) : std::nullopt};
}

Person get_person(Call& call, Transaction& transaction, const PatientKey& request) {
  return joined(call, transaction, find_patient(transaction, request.patient));
}

People find_people(Call& call, Transaction& transaction, const FindPeople& request) {
  if (!request.email && !request.phone)
    throw Error(ErrorCode::validation_failed, {}, {{"email", "required", "Give an email or a phone number."}});
  Criteria<Patient> patient_has;
  Criteria<User> user_has;
  if (request.email) {
    patient_has = where(&Patient::email_key) == email_key(*request.email);
    user_has = where(&User::email_key) == email_key(*request.email);
  }
  if (request.phone) {
    const auto key = phone_key(*request.phone, call.policy().default_region);
    // A phone without a normal form is compared as it was typed.
    patient_has =
        std::move(patient_has) || (key ? where(&Patient::phone_key) == *key : where(&Patient::phone) == *request.phone);
    user_has = std::move(user_has) || (key ? where(&User::phone_key) == *key : where(&User::phone) == *request.phone);
  }
  People people;
  std::set<std::string> seen;
  auto add = [&](const Patient& patient) {
    if (patient.status != PatientStatus::merged && seen.insert(patient.id).second)
      people.items.push_back(joined(call, transaction, patient));
  };
  for (const auto& patient :
       Repository<Patient>(transaction).select(Query(std::move(patient_has)).order_by(&Patient::id).limit(most_people)))
    add(patient);
  for (auto& user :
       Repository<User>(transaction).select(Query(std::move(user_has)).order_by(&User::id).limit(most_people))) {
    // An account may be found where its patients were not: their contacts may differ from its own.
    auto patients =
        Repository<Patient>(transaction)
            .select(Query(where(&Patient::account_id) == user.id).order_by(&Patient::id).limit(most_people));
    for (const auto& patient : patients)
      add(patient);
    if (patients.empty()) people.items.push_back({std::nullopt, view(std::move(user))});
  }
  if (people.items.size() > most_people) people.items.resize(most_people);
  return people;
}

Found has_user_account(Call& call, Transaction& transaction, const PatientKey& request) {
  return {user_for_patient(call, transaction, request).user.has_value()};
}

Found has_patient_record(Call& call, Transaction& transaction, const UserKey& request) {
  return {patient_for_user(call, transaction, request).patient.has_value()};
}

LinkedPerson link_people(Call& call, const Link& request) try {
  return call.write([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), request.user);
    check_rank(call, user.role);
    auto patient = find_patient(work.transaction(), request.patient);
    const bool activated = link_on_purpose(work, call, user, patient);
    audit_link(work, user, patient, request.reason, activated);
    return person(call, user, patient, false);
  });
} catch (const StorageError& failure) {
  // Perhaps somebody linked the user with another patient at the same moment, and that one got the user's email.
  if (violates(failure, "Patient", "email_key"))
    call.read([&](Transaction& transaction) {
      if (find_user(transaction, request.user).patient_id)
        throw Error(ErrorCode::already_linked, "The user is linked to another patient.");
      return true;
    });
  throw;
}

LinkedPerson unlink_people(Call& call, const Unlink& request) {
  return call.write([&](UnitOfWork& work) {
    auto patient = find_patient(work.transaction(), request.patient);
    auto user = account_of(work.transaction(), patient);
    if (!user) throw Error(ErrorCode::not_linked, "The patient has no account.");
    check_rank(call, user->role);
    // Where the account names nobody, or another, its id says whose it was made for; and it must not keep that id.
    const bool own = user->patient_id == patient.id || (user->role == Role::patient && user->id == patient.id);
    if (own)
      unlink(work, call, *user, patient);
    else
      remove_dependent(work, *user, patient);
    audit_link(work, *user, patient, request.reason);
    return person(call, *user, patient, false);
  });
}

}  // namespace

template <>
std::vector<Operation> rows_of<SyncService>() {
  using enum ErrorCode;
  const RoleSet admins{Role::admin};
  const RoleSet desk{Role::admin, Role::receptionist};
  return {
      operation<create_patient_from_user>({
          .name = "sync.create_patient_from_user",
          .help = "Find or make a user's patient, and link the two",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/sync/users/{user}/patient", 201},
          .audit = "PATIENT_CREATED",
          .resource = "user",
          .subject = user_named_by<&CreatePatientFromUser::user>,
          .errors = {not_found, match_found, not_linkable, already_linked, duplicate_email, duplicate_phone,
                     duplicate_national_id, duplicate_number, duplicate_username, stale_record},
      }),
      operation<create_user_from_patient>({
          .name = "sync.create_user_from_patient",
          .help = "Find or make a patient's account, and link the two",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/sync/patients/{patient}/user", 201},
          .audit = "ACCOUNT_CREATED",
          .resource = "user",
          .subject = patient_named_by<&CreateUserFromPatient::patient>,
          .errors = {not_found, match_found, not_linkable, already_linked, duplicate_email, duplicate_phone,
                     duplicate_username, stale_record},
      }),
      operation<run_sync>({
          .name = "sync.run",
          .help = "Link all unlinked patient-role users and patients",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/admin/sync-patients-users"},
          .audit = "SYNC_RUN",
          .resource = "sync",
          .subject = no_record,
          .fault = told_by<&SyncReport::conflict_count>,
      }),
      operation<check_sync>({
          .name = "sync.check",
          .help = "Check that the users and the patients of all people belong together",
          .effect = Effect::reads,
          .roles = admins,
          .http = {"GET", "/admin/sync/check"},
          .audit = "SYNC_CHECKED",
          .resource = "sync",
          .subject = no_record,
          .fault = told_by<&SyncChecked::valid>,
      }),
      operation<repair_sync>({
          .name = "sync.repair",
          .help = "Show what sync.check finds and how it is mended, or mend it",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/admin/sync/repair"},
          .audit = "SYNC_REPAIRED",
          .resource = "sync",
          .subject = no_record,
          .fault = told_by<&SyncRepaired::clean>,
      }),
      operation<patient_for_user>({
          .name = "sync.patient_for_user",
          .help = "A user's own patient, or null",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/users/{user}/patient"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found},
      }),
      operation<user_for_patient>({
          .name = "sync.user_for_patient",
          .help = "A patient's account, or null",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/patients/{patient}/user"},
          .audit = "USER_READ",
          .resource = "user",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found},
      }),
      operation<get_person>({
          .name = "sync.person",
          .help = "A patient joined with its account",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/people/{patient}"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found},
      }),
      operation<find_people>({
          .name = "sync.find",
          .help = "Who has an email or a phone, in either table; each person once",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/people"},
          .audit = "PATIENTS_SEARCHED",
          .resource = "patient",
          .subject = no_record,
      }),
      operation<has_user_account>({
          .name = "sync.has_user_account",
          .help = "Whether a patient has an account",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/patients/{patient}/has-user-account"},
          .audit = "USER_READ",
          .resource = "user",
          .subject = patient_named_by<&PatientKey::patient>,
          .errors = {not_found},
      }),
      operation<has_patient_record>({
          .name = "sync.has_patient_record",
          .help = "Whether a user has a patient",
          .effect = Effect::reads,
          .roles = desk,
          .http = {"GET", "/sync/users/{user}/has-patient-record"},
          .audit = "PATIENT_READ",
          .resource = "patient",
          .subject = user_named_by<&UserKey::user>,
          .errors = {not_found},
      }),
      operation<link_people>({
          .name = "sync.link",
          .help = "Link a user and a patient that are one person; an unlinked account is active again",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/sync/link"},
          .audit = "ACCOUNT_LINKED",
          .resource = "user",
          .subject = user_named_by<&Link::user>,
          .errors = {not_found, already_linked, not_linkable, duplicate_email, duplicate_phone, duplicate_username,
                     stale_record},
      }),
      operation<unlink_people>({
          .name = "sync.unlink",
          .help = "Undo a wrong link; the account is deactivated, and its logins and links end",
          .effect = Effect::writes,
          .roles = admins,
          .http = {"POST", "/sync/unlink"},
          .audit = "ACCOUNT_UNLINKED",
          .resource = "user",
          .subject = patient_named_by<&Unlink::patient>,
          .errors = {not_found, not_linked, stale_record, duplicate_email, duplicate_phone, duplicate_username},
      }),
  };
}

}  // namespace clinic
