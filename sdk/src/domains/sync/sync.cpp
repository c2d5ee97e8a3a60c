#include "base/formats.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/users.hpp"
#include "domains/sync/sync_run.hpp"
#include "engine/make_operation.hpp"
#include "store/storage_errors.hpp"

#include <set>

namespace clinic {
namespace {

LinkedPerson person(const Call& call, const User& user, const Patient& patient, bool created) {
  return {view(user), view(call, patient), created};
}

/// The one record that matches and may be linked; nothing where none matches. Throws Error where staff must decide.
template <class Record, class MayLink>
std::optional<Record> sole_match(std::vector<Record> matching, MayLink may_link_to, const Error& refusal) {
  if (matching.empty()) return std::nullopt;
  if (matching.size() > 1 || !may_link_to(matching.front())) throw refusal;
  return std::move(matching.front());
}

void require_patient_role(const User& user) {
  if (user.role != Role::patient)
    throw Error(ErrorCode::not_linkable, "Only a patient-role user has a patient made for it; link staff on purpose.");
}

void audit_link(UnitOfWork& work, const User& user, const Patient& patient, std::string_view reason = {},
                bool activated = false) {
  auto metadata = json_object({{"patient_id", patient.number}});
  metadata.pop_back();
  if (!reason.empty()) {
    metadata += ",\"reason\":";
    write_json_string(reason, metadata);
  }
  if (activated) metadata += ",\"activated\":true";
  work.audit({.resource_type = "user", .resource_id = user.id, .patient_id = patient.id, .metadata = metadata + "}"});
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
      std::optional<Patient> patient;
      if (user.patient_id) {
        patient = find_patient(work.transaction(), *user.patient_id);
      } else {
        auto matching = patients_matching(work.transaction(), call.policy(), user);
        const auto refusal =
            matching.empty() ? Error(ErrorCode::internal) : match_refused(call.policy(), user, matching.front());
        patient = sole_match(
            std::move(matching), [&](const Patient&) { return may_link(call.policy(), user); }, refusal);
      }
      const bool created = !patient;
      if (created) {
        patient = patient_from_user(call, work.now(), user, number);
        fill(request, *patient);
        normalise(call.policy(), *patient);
        contacts_given(voucher_of(call), work.now(), {}, contacts_of(*patient), *patient);
        user.patient_id = patient->id;
        user.updated_at = work.now();
        work.of<Patient>().insert(*patient);
        work.of<User>().update(user);
        work.event("patient.registered", patient->id, json_object({{"patient_number", patient->number}}));
      } else {
        link(work, call, Voucher::nobody, user, *patient);
      }
      audit_link(work, user, *patient);
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
    if (!user) {
      auto matching = users_matching(work.transaction(), call.policy(), patient);
      const auto refusal =
          matching.empty() ? Error(ErrorCode::internal) : match_refused(call.policy(), matching.front(), patient);
      user = sole_match(
          std::move(matching), [&](const User& match) { return may_link(call.policy(), match); }, refusal);
    }
    const bool created = !user;
    if (created) {
      if (patient.status == PatientStatus::merged) throw Error(ErrorCode::not_linkable, "The patient was merged.");
      user = new_account(call.policy(), work.now(), patient, credentials);
      patient.account_id = user->id;
      patient.updated_at = work.now();
      work.of<Patient>().update(patient);
      store_account(work, call, *user, patient, credentials);
      work.event("account.created", user->id, json_object({{"patient_number", patient.number}}));
    } else {
      link(work, call, Voucher::nobody, *user, patient);
    }
    audit_link(work, *user, patient);
    return person(call, *user, patient, created);
  });
}

MaybePatient patient_for_user(Call& call, const UserKey& request) {
  return call.read([&](Transaction& transaction) {
    const auto user = find_user(transaction, request.user);
    MaybePatient result;
    if (user.patient_id)
      if (auto patient = Repository<Patient>(transaction).find(*user.patient_id)) result.patient = view(call, *patient);
    return result;
  });
}

MaybeUser user_for_patient(Call& call, const PatientKey& request) {
  return call.read([&](Transaction& transaction) {
    auto account = account_of(transaction, find_patient(transaction, request.patient));
    return MaybeUser{account ? std::optional(view(*account)) : std::nullopt};
  });
}

constexpr std::uint64_t most_people = 100;

Person joined(Call& call, Transaction& transaction, const Patient& patient) {
  const auto account = account_of(transaction, patient);
  return {view(call, patient), account ? std::optional(view(*account)) : std::nullopt};
}

Person get_person(Call& call, const PatientKey& request) {
  return call.read(
      [&](Transaction& transaction) { return joined(call, transaction, find_patient(transaction, request.patient)); });
}

People find_people(Call& call, const FindPeople& request) {
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
  return call.read([&](Transaction& transaction) {
    People people;
    std::set<std::string> seen;
    auto add = [&](const Patient& patient) {
      if (patient.status != PatientStatus::merged && seen.insert(patient.id).second)
        people.items.push_back(joined(call, transaction, patient));
    };
    for (const auto& patient : Repository<Patient>(transaction)
                                   .select(Query(std::move(patient_has)).order_by(&Patient::id).limit(most_people)))
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
  });
}

Found has_user_account(Call& call, const PatientKey& request) {
  return {user_for_patient(call, request).user.has_value()};
}

Found has_patient_record(Call& call, const UserKey& request) {
  return {patient_for_user(call, request).patient.has_value()};
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
    if (user->patient_id != patient.id)
      throw Error(ErrorCode::not_linked, "The patient is a dependent on this account, not its own patient.");
    unlink(work, call, *user, patient);
    audit_link(work, *user, patient, request.reason);
    return person(call, *user, patient, false);
  });
}

}  // namespace

std::vector<Operation> sync_operations() {
  using enum ErrorCode;
  const RoleSet admins{Role::admin};
  const RoleSet desk{Role::admin, Role::receptionist};
  return {
      operation<create_patient_from_user>({"sync.create_patient_from_user",
                                           "Find or make a user's patient, and link the two",
                                           Effect::writes,
                                           admins,
                                           "POST",
                                           "/sync/users/{user}/patient",
                                           "PATIENT_CREATED",
                                           {not_found, match_found, not_linkable, already_linked, duplicate_email,
                                            duplicate_phone, duplicate_national_id, duplicate_number}}),
      operation<create_user_from_patient>({"sync.create_user_from_patient",
                                           "Find or make a patient's account, and link the two",
                                           Effect::writes,
                                           admins,
                                           "POST",
                                           "/sync/patients/{patient}/user",
                                           "ACCOUNT_CREATED",
                                           {not_found, match_found, not_linkable, already_linked, duplicate_email,
                                            duplicate_phone, duplicate_username}}),
      faults_in(&SyncReport::conflict_count, operation<run_sync>({"sync.run",
                                                                  "Link all unlinked patient-role users and patients",
                                                                  Effect::writes,
                                                                  admins,
                                                                  "POST",
                                                                  "/admin/sync-patients-users",
                                                                  "SYNC_RUN",
                                                                  {}})),
      shows_patients(operation<patient_for_user>({"sync.patient_for_user",
                                                  "A user's own patient, or null",
                                                  Effect::reads,
                                                  desk,
                                                  "GET",
                                                  "/sync/users/{user}/patient",
                                                  "PATIENT_READ",
                                                  {not_found}})),
      shows_patients(operation<user_for_patient>({"sync.user_for_patient",
                                                  "A patient's account, or null",
                                                  Effect::reads,
                                                  desk,
                                                  "GET",
                                                  "/sync/patients/{patient}/user",
                                                  "USER_READ",
                                                  {not_found}})),
      shows_patients(operation<get_person>({"sync.person",
                                            "A patient joined with its account",
                                            Effect::reads,
                                            desk,
                                            "GET",
                                            "/sync/people/{patient}",
                                            "PATIENT_READ",
                                            {not_found}})),
      shows_patients(operation<find_people>({"sync.find",
                                             "Who has an email or a phone, in either table; each person once",
                                             Effect::reads,
                                             desk,
                                             "GET",
                                             "/sync/people",
                                             "PATIENTS_SEARCHED",
                                             {}})),
      operation<has_user_account>({"sync.has_user_account",
                                   "Whether a patient has an account",
                                   Effect::reads,
                                   desk,
                                   "GET",
                                   "/sync/patients/{patient}/has-user-account",
                                   "USER_READ",
                                   {not_found}}),
      operation<has_patient_record>({"sync.has_patient_record",
                                     "Whether a user has a patient",
                                     Effect::reads,
                                     desk,
                                     "GET",
                                     "/sync/users/{user}/has-patient-record",
                                     "PATIENT_READ",
                                     {not_found}}),
      operation<link_people>(
          {"sync.link",
           "Link a user and a patient that are one person; an unlinked account is active again",
           Effect::writes,
           admins,
           "POST",
           "/sync/link",
           "ACCOUNT_LINKED",
           {not_found, already_linked, not_linkable, duplicate_email, duplicate_phone, duplicate_username}}),
      operation<unlink_people>({"sync.unlink",
                                "Undo a wrong link; the account is deactivated, and its logins and links end",
                                Effect::writes,
                                admins,
                                "POST",
                                "/sync/unlink",
                                "ACCOUNT_UNLINKED",
                                {not_found, not_linked}}),
  };
}

}  // namespace clinic
