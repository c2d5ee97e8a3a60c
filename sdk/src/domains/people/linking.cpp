#include "domains/people/linking.hpp"

#include "base/formats.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/people/notices.hpp"
#include "store/references.hpp"

namespace clinic {
namespace {

/// Stores the user under that id. Rows are keyed by id, so under another one it is a new row; then it is for the caller
/// to say so to the records that refer to it (`users_rekeyed`).
NewIds rekey(UnitOfWork& work, User& user, const std::string& id) {
  const auto old = user.id;
  // An erasure asks for no version: the update does, so that nothing is lost that somebody wrote since the row was
  // read.
  update(work, user);
  if (old == id) return {};
  work.of<User>().erase(old);
  user.id = id;
  // The account may have had this id before, and somebody may hold a version of then.
  ++user.version;
  insert_versioned(work, user);
  return {{old, id}};
}

/// Whether a contact goes along: it was the same before (or there was none), and is another now.
bool goes_along(const std::optional<std::string>& was, const std::optional<std::string>& now,
                const std::optional<std::string>& other) {
  return was != now && (other == was || !other);
}

/// What one side of a link lacks comes from the other. A staff member's account takes nothing: who may change patients
/// may not say by them how staff logs in.
void complete(const Policy& policy, User& user, Patient& patient) {
  const bool staff = user.role != Role::patient;
  if (!staff) {
    if (!user.email) user.email = patient.email;
    if (!user.phone) user.phone = patient.phone;
    if (!user.first_name && !patient.placeholder) user.first_name = patient.first_name;
    if (!user.last_name && !patient.placeholder) user.last_name = patient.last_name;
  }
  if (!patient.email) patient.email = user.email;
  if (!patient.phone) patient.phone = user.phone;
  // A placeholder is no name, and replaces none.
  const bool accounts_name_stands = patient.placeholder || policy.name_survivorship == NameSurvivorship::account ||
                                    (!staff && user.updated_at >= patient.updated_at);
  if (accounts_name_stands) {
    set_name(user.first_name.value_or(patient.first_name), user.last_name.value_or(patient.last_name), patient);
  } else if (!staff) {
    user.first_name = patient.first_name;
    user.last_name = patient.last_name;
  }
}

void require_not_merged(const Patient& patient) {
  if (patient.status == PatientStatus::merged)
    throw Error(ErrorCode::not_linkable, "The patient was merged into another.");
}

/// Where somebody answers for all contacts of the patient, who has proven one of them has proven to be the patient.
void prove_account(const LinkAuthority& authority, Timestamp now, Patient& patient) {
  if (std::holds_alternative<ContactProof>(authority) && patient.contacts_vouched_at) patient.account_proven_at = now;
}

/// Makes the two one in memory, and stores the patient. Answers the id that the account has from now on.
std::string claim(UnitOfWork& work, const Call& call, const LinkAuthority& authority, User& user, Patient& patient) {
  if (user.patient_id && *user.patient_id != patient.id)
    throw Error(ErrorCode::already_linked, "The user is linked to another patient.");
  if (patient.account_id && *patient.account_id != user.id)
    throw Error(ErrorCode::already_linked, "The patient is on another account.");
  require_not_merged(patient);

  const auto contacts = contacts_of(patient);
  user.patient_id = patient.id;
  complete(call.policy(), user, patient);
  user.updated_at = patient.updated_at = work.now();
  normalise(call.policy(), user);
  normalise(call.policy(), patient);
  patient.account_proven_at.reset();  // it is another account
  contacts_given(voucher_of(authority), work.now(), contacts, contacts_of(patient, &user), patient);
  prove_account(authority, work.now(), patient);

  auto id = user.role == Role::patient ? patient.id : user.id;
  patient.account_id = id;
  work.of<Patient>().update(patient);
  return id;
}

}  // namespace

void link(UnitOfWork& work, const Call& call, const LinkAuthority& authority, User& user, Patient& patient) {
  link(work, call, authority, {{&user, &patient}});
}

void link(UnitOfWork& work, const Call& call, const LinkAuthority& authority, std::vector<UserAndPatient> people) {
  std::erase_if(people, [](const UserAndPatient& person) {
    const auto& [user, patient] = person;
    const bool own_id = user->role != Role::patient || user->id == patient->id;
    return user->patient_id == patient->id && patient->account_id == user->id && own_id;
  });
  std::vector<User> before;
  std::vector<std::string> ids;
  for (const auto& [user, patient] : people) {
    before.push_back(*user);
    ids.push_back(claim(work, call, authority, *user, *patient));
  }
  NewIds new_ids;
  for (std::size_t i = 0; i < people.size(); ++i) {
    auto& user = *people[i].user;
    follow_contacts(work, call.policy(), before[i], user);
    new_ids.merge(rekey(work, user, ids[i]));
  }
  users_rekeyed(work.transaction(), new_ids);
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto& [user, patient] = people[i];
    end_links_to_old_contacts(work, before[i], *user);
    tell_owner(work, call, before[i], *user);
    announce(work, "account.linked", user->id, *patient);
  }
}

bool link_on_purpose(UnitOfWork& work, const Call& call, User& user, Patient& patient) {
  const bool activated = user.role == Role::patient && !user.active && !user.patient_id;
  if (activated) user.active = true;
  link(work, call, StaffDecision::on_purpose(call), user, patient);
  return activated;
}

void insert_linked(UnitOfWork& work, const Call& call, const LinkAuthority& authority, User& user, Patient& patient) {
  user.id = claim(work, call, authority, user, patient);
  insert(work, user);
  announce(work, "account.linked", user.id, patient);
}

void add_dependent(UnitOfWork& work, const LinkAuthority& authority, const User& guardian, Patient& patient) {
  require_not_merged(patient);
  if (patient.account_id) throw Error(ErrorCode::already_linked, "The patient is on another account.");
  patient.account_id = guardian.id;
  patient.account_proven_at.reset();  // it is another account
  patient.updated_at = work.now();
  work.of<Patient>().update(patient);
  work.audit({.resource_type = "user",
              .resource_id = guardian.id,
              .patient_id = patient.id,
              .metadata = json_object({{"patient_id", patient.number}, {"by", word_of(authority)}}),
              .action = "DEPENDENT_ADDED"});
  announce(work, "account.linked", guardian.id, patient);
}

void remove_dependent(UnitOfWork& work, const User& guardian, Patient& patient) {
  leave_account(patient);
  patient.updated_at = work.now();
  work.of<Patient>().update(patient);
  announce(work, "account.unlinked", guardian.id, patient);
}

void give_account(UnitOfWork& work, const Call& call, const LinkAuthority& authority, Patient& patient, User& account,
                  const Credentials& credentials) {
  require_not_merged(patient);
  patient.account_id = account.id;
  patient.updated_at = work.now();
  prove_account(authority, work.now(), patient);
  work.of<Patient>().update(patient);
  store_account(work, call, account, patient, credentials);
  announce(work, "account.created", account.id, patient);
}

void unlink(UnitOfWork& work, const Call& call, User& user, Patient& patient) {
  const bool was_proven = patient.account_proven_at.has_value();
  leave_account(patient);
  patient.updated_at = user.updated_at = work.now();
  work.of<Patient>().update(patient);
  user.patient_id.reset();
  const bool staff = user.role != Role::patient;
  const auto id = staff ? user.id : work.new_id();
  // The number stays with the patient, who may get another account.
  if (user.username_key == fold(patient.number)) user.username = default_username(work.transaction(), call, user, id);
  normalise(call.policy(), user);
  if (!staff) user.active = false;
  users_rekeyed(work.transaction(), rekey(work, user, id));
  proof_may_have_ended(work, was_proven, patient, user.id);
  if (!staff) shut_out(work, user.id);
  announce(work, "account.unlinked", user.id, patient);
}

bool follow_patient(Transaction& transaction, const Call& call, const Patient& was, const Patient& now, User& user) {
  if (user.role != Role::patient) return false;
  const auto before = user;
  if (goes_along(was.email_key, now.email_key, user.email_key)) {
    user.email = now.email;
    user.email_verified_at.reset();
  }
  if (goes_along(phone_of(was), phone_of(now), phone_of(user))) {
    user.phone = now.phone;
    user.phone_verified_at.reset();
  }
  if (call.policy().name_survivorship == NameSurvivorship::latest) {
    if (was.first_name != now.first_name) user.first_name = now.first_name;
    if (was.last_name != now.last_name) user.last_name = now.last_name;
  }
  follow_username(transaction, call, before, user, now.number);
  return std::tie(before.email, before.phone, before.first_name, before.last_name) !=
         std::tie(user.email, user.phone, user.first_name, user.last_name);
}

bool follow_user(const User& was, const User& now, Patient& patient) {
  for (const auto& [name, before, after] : {std::tuple("first_name", &was.first_name, &now.first_name),
                                            std::tuple("last_name", &was.last_name, &now.last_name)})
    if (*before && !*after) refuse(name, "null_not_allowed", "The user is a patient, and patients have names.");
  const auto before = std::tuple(patient.email, patient.phone, patient.first_name, patient.last_name);
  if (goes_along(was.email_key, now.email_key, patient.email_key)) patient.email = now.email;
  if (goes_along(phone_of(was), phone_of(now), phone_of(patient))) patient.phone = now.phone;
  // The account's name is the person's own or the latest: it stands under both policies.
  const bool first_changed = was.first_name != now.first_name && now.first_name;
  const bool last_changed = was.last_name != now.last_name && now.last_name;
  set_name(first_changed ? *now.first_name : patient.first_name, last_changed ? *now.last_name : patient.last_name,
           patient);
  return before != std::tuple(patient.email, patient.phone, patient.first_name, patient.last_name);
}

void follow_user_and_store(UnitOfWork& work, const Call& call, const User& was, const User& now, Patient& patient,
                           FunctionRef<bool()> change) {
  const auto contacts = contacts_of(patient, &was);
  const auto marks = [&] { return std::pair(patient.contacts_vouched_at, patient.account_proven_at); };
  const auto marks_before = marks();
  bool changed = follow_user(was, now, patient);
  changed = change() || changed;
  if (changed) normalise(call.policy(), patient);
  const auto given = contacts_of(patient, &now);
  contacts_given(voucher_of(call, now.id), work.now(), contacts, given, patient);
  // Whoever confirms the account at this moment has seen the contacts of before, and must look again.
  if (!changed && marks() == marks_before && given == contacts) return;
  patient.updated_at = work.now();
  work.of<Patient>().update(patient);
  proof_may_have_ended(work, marks_before.second.has_value(), patient, now.id);
}

void align_contacts(UnitOfWork& work, const Call& call, bool accounts_stand, User& user, Patient& patient) {
  const auto was = user;
  const auto contacts = contacts_of(patient, &user);
  const auto align = [&](std::optional<std::string>& accounts, std::optional<std::string>& patients) {
    auto& stands = accounts_stand ? accounts : patients;
    auto& other = accounts_stand ? patients : accounts;
    (stands ? other : stands) = stands ? stands : other;
  };
  align(user.email, patient.email);
  align(user.phone, patient.phone);
  user.updated_at = patient.updated_at = work.now();
  follow_username(work.transaction(), call, was, user, patient.number);
  normalise(call.policy(), patient);
  normalise(call.policy(), user, &patient);
  follow_contacts(work, call.policy(), was, user);
  contacts_given(Voucher::nobody, work.now(), contacts, contacts_of(patient, &user), patient);
  work.of<Patient>().update(patient);
  update(work, user);
  end_links_to_old_contacts(work, was, user);
  tell_owner(work, call, was, user);
}

Patient patient_from_user(const Call& call, Timestamp now, const User& user, const std::string& number) {
  Patient patient;
  patient.id = user.id;
  patient.number = number;
  patient.first_name = user.first_name.value_or("New");
  patient.last_name = user.last_name.value_or("Patient");
  if (!user.first_name || !user.last_name) patient.placeholder = PlaceholderName::new_patient;
  patient.email = user.email;
  patient.phone = user.phone;
  patient.address = user.address;
  patient.birth_date = call.policy().default_birth_date;
  patient.kind = PatientKind::web;
  patient.account_id = user.id;
  patient.created_by = call.actor_key();
  patient.created_at = patient.updated_at = now;
  normalise(call.policy(), patient);
  return patient;
}

void give_patient(UnitOfWork& work, Patient& patient, User& user) {
  user.patient_id = patient.id;
  user.updated_at = work.now();
  work.of<Patient>().insert(patient);
  announce(work, "patient.registered", patient.id, patient);
}

void audit_account(UnitOfWork& work, const User& user, const Patient& patient, std::string_view action) {
  work.audit({.resource_type = Table<User>::resource,
              .resource_id = user.id,
              .patient_id = patient.id,
              .metadata = json_object({{"patient_id", patient.number}}),
              .action = action});
}

}  // namespace clinic
