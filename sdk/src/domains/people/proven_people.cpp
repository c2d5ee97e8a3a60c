#include "domains/people/proven_people.hpp"

#include "base/formats.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/people/linking.hpp"
#include "domains/people/merging.hpp"
#include "domains/people/users.hpp"

namespace clinic {
namespace {

constexpr std::uint64_t most_gathered = 100;

const std::optional<Timestamp>& proven_at(const User& user, const Contact& contact) {
  return contact.channel == MessageChannel::email ? user.email_verified_at : user.phone_verified_at;
}

/// Whether the account has an owner who has proven its other contact: then this one was mistyped, or never the owner's.
bool has_another_owner(const User& user, const Contact& contact) {
  return contact.channel == MessageChannel::email ? user.phone_verified_at.has_value()
                                                  : user.email_verified_at.has_value();
}

/// The account whose key the contact is. A phone that a stranger gave is none.
std::optional<User> holder_of(Transaction& transaction, const Contact& contact) {
  return Repository<User>(transaction)
      .first(contact.channel == MessageChannel::email ? where(&User::email_key) == contact.key
                                                      : where(&User::phone_login_key) == contact.key);
}

/// Whether a proof of the contact does not open the account: its owner has given that proof, or staff decides on it. An
/// account in use is not opened by a phone, since numbers are given to other people (PHONE-3).
bool is_closed_to_proofs(const User& user, const Contact& contact) {
  const bool in_use = contact.channel == MessageChannel::sms && user.claimed_at;
  return in_use || proven_at(user, contact) || !user.active || user.role != Role::patient || !user.patient_id;
}

/// The living patient with that email. Emails of patients are unique.
std::optional<Patient> patient_with_email(Transaction& transaction, const std::string& key) {
  return Repository<Patient>(transaction)
      .first(where(&Patient::email_key) == key && where(&Patient::status) != PatientStatus::merged);
}

/// Since when records of the telephone line are those of whoever has the number now: numbers are given to other people.
Timestamp claimable_since(const Call& call) { return call.now() - std::chrono::days(call.policy().phone_claim_days); }

/// Patients that the telephone line made for that number.
std::vector<Patient> patients_of_phone_line(Transaction& transaction, const Call& call, const std::string& key) {
  const auto since = claimable_since(call);
  return Repository<Patient>(transaction)
      .select(Query(where(&Patient::phone_key) == key && where(&Patient::kind) == PatientKind::ivr &&
                    where(&Patient::status) != PatientStatus::merged && where(&Patient::called_at) >= since)
                  .order_by(&Patient::id)
                  .limit(most_gathered));
}

void shut_strangers_out(UnitOfWork& work, const std::string& user_id) {
  shut_out(work, user_id);
  end_verifications(work, user_id);
}

void set_chosen(const ChosenAccount& chosen, Timestamp now, User& user) {
  user.password_hash = chosen.password_hash;
  user.password_change_required = false;
  user.password_expires_at.reset();
  if (chosen.username) user.username = *chosen.username;
  if (chosen.address) user.address = chosen.address;
  if (chosen.locale) user.locale = chosen.locale;
  if (!user.claimed_at) user.claimed_at = now;
  user.updated_at = now;
}

void set_proven(const Contact& contact, Timestamp now, User& user) {
  if (contact.channel == MessageChannel::email) {
    user.email = contact.text;
    user.email_verified_at = now;
  } else {
    user.phone = contact.text;
    user.phone_verified_at = now;
    user.phone_unproven_since.reset();
  }
}

void set_names(const ChosenAccount& chosen, User& user, Patient& patient) {
  if (!chosen.first_name || !chosen.last_name) return;
  user.first_name = patient.first_name = *chosen.first_name;
  user.last_name = patient.last_name = *chosen.last_name;
  patient.placeholder.reset();
}

/// Without the policy's rule on contacts: a record that loses one to its owner is not asked for another.
void take_phone(Patient& patient) {
  patient.phone.reset();
  patient.phone_key.reset();
}
void take_email(Patient& patient) {
  patient.email.reset();
  patient.email_key.reset();
}

/// What somebody typed who was in the account, and has proven nothing.
void forget_stranger(const Call& call, User& user, Patient& patient) {
  user.username = user.email.value_or(patient.number);
  user.address.reset();
  patient.address.reset();
  patient.whatsapp.reset();
  patient.emergency_contact_name.reset();
  patient.emergency_contact_phone.reset();
  patient.birth_date = call.policy().default_birth_date;
}

/// Opens the account that waits for the proof. Whoever had it so far has proven nothing.
ProvenPerson take_over(UnitOfWork& work, const Call& call, const ContactProof& proof, User user, Patient patient,
                       const ChosenAccount& chosen) {
  const bool was_proven = patient.account_proven_at.has_value();
  if (patient.kind == PatientKind::web && !patient.verified_at && user.claimed_at) forget_stranger(call, user, patient);
  // A stranger's telephone number would open the account again.
  if (proof.of_email() && user.phone_unproven_since) {
    if (phone_of(patient) == phone_of(user)) take_phone(patient);
    user.phone.reset();
    user.phone_unproven_since.reset();
  }
  set_chosen(chosen, work.now(), user);
  set_proven(proof.contact(), work.now(), user);
  // What staff has written down of a person stands.
  if (patient.placeholder || (patient.kind == PatientKind::web && !patient.verified_at))
    set_names(chosen, user, patient);
  if (chosen.birth_date && !patient.birth_date) patient.birth_date = chosen.birth_date;
  patient.updated_at = work.now();
  set_text_keys(patient);  // and no rule of the policy: the person has done what there was to do
  normalise(call.policy(), user, &patient);
  if (chosen.username) check_strangers_username(work.transaction(), call, user, true);
  patient.account_proven_at = patient.contacts_vouched_at ? std::optional(work.now()) : std::nullopt;
  work.of<Patient>().update(patient);
  update(work, user);
  proof_may_have_ended(work, was_proven, patient, user.id);
  shut_strangers_out(work, user.id);
  return {std::move(user), std::move(patient), false};
}

/// The record of a patient without an account that the proof opens.
std::optional<Patient> patient_to_open(UnitOfWork& work, const Call& call, const ContactProof& proof) {
  if (proof.of_email()) return patient_with_email(work.transaction(), proof.contact().key);
  for (auto& patient : patients_of_phone_line(work.transaction(), call, proof.contact().key))
    if (!patient.account_id && patient.placeholder) return std::move(patient);
  return std::nullopt;
}

User new_user(const Call& call, Timestamp now, const ContactProof& proof, const ChosenAccount& chosen) {
  User user;
  user.username = chosen.username.value_or(proof.contact().text);
  user.first_name = chosen.first_name;
  user.last_name = chosen.last_name;
  user.role = Role::patient;
  user.created_at = now;
  set_chosen(chosen, now, user);
  set_proven(proof.contact(), now, user);
  normalise(call.policy(), user);
  return user;
}

ProvenPerson make_account(UnitOfWork& work, const Call& call, const ContactProof& proof, const ChosenAccount& chosen,
                          const std::string& number) {
  auto user = new_user(call, work.now(), proof, chosen);
  if (!chosen.username && work.of<User>().first(where(&User::username_key) == user.username_key))
    user.username.clear();
  else
    check_strangers_username(work.transaction(), call, user, chosen.username.has_value());
  if (auto patient = patient_to_open(work, call, proof)) {
    if (patient->account_id) throw contact_registered(proof.contact());
    user.id = patient->id;
    if (!patient->placeholder) {  // what staff has written down of a person stands
      user.first_name = patient->first_name;
      user.last_name = patient->last_name;
    }
    if (user.username.empty()) user.username = patient->number;
    normalise(call.policy(), user);
    store_or_look_again(chosen.username.has_value(), [&] { insert_linked(work, call, proof, user, *patient); });
    return {std::move(user), std::move(*patient)};
  }
  user.id = work.new_id();
  std::optional<Patient> patient;
  store_or_look_again(chosen.username.has_value(),
                      [&] { patient = store_with_patient(work, call, user, std::nullopt, number, chosen.birth_date); });
  return {std::move(user), std::move(*patient)};
}

/// For whoever looks into the record of the person who lost something.
void audit_loss(UnitOfWork& work, const std::string& user_id, const std::optional<std::string>& patient_id,
                std::string_view action) {
  work.audit({.resource_type = Table<User>::resource,
              .resource_id = user_id,
              .patient_id = patient_id,
              .metadata = json_object({{"by", "proof"}}),
              .action = action});
}

/// Takes a contact from an account that nobody has proven it for.
void take_contact(UnitOfWork& work, const Call& call, User account, const Contact& contact) {
  const auto was = account;
  const bool email = contact.channel == MessageChannel::email;
  (email ? account.email : account.phone).reset();
  auto patient = own_patient(work.transaction(), account);
  follow_username(work.transaction(), call, was, account, patient ? patient->number : account.id);
  account.updated_at = work.now();
  normalise(call.policy(), account);
  follow_contacts(work, call.policy(), was, account);
  if (patient && (email ? patient->email_key : patient->phone_key) == contact.key) {
    email ? take_email(*patient) : take_phone(*patient);
    patient->updated_at = work.now();
    work.of<Patient>().update(*patient);
  }
  update(work, account);
  end_links_to_old_contacts(work, was, account);
  end_verifications(work, account.id);
  tell_owner_of_lost_contact(work, call, account);
  audit_loss(work, account.id, account.patient_id, "CONTACT_LOST");
  work.event("account.contact_lost", account.id);
}

/// Frees the contact for the account that has proven it.
void free_contact(UnitOfWork& work, const Call& call, const Contact& contact, const std::string& user_id) {
  if (auto holder = holder_of(work.transaction(), contact); holder && holder->id != user_id) {
    if (is_closed_to_proofs(*holder, contact)) throw contact_registered(contact);
    auto own = own_patient(work.transaction(), *holder);
    if (own && !holder->claimed_at && own->kind == PatientKind::ivr)
      dissolve(work, call, std::move(*holder), std::move(*own));
    else
      take_contact(work, call, std::move(*holder), contact);
  }
  if (contact.channel == MessageChannel::email) return;
  for (auto& stranger :
       work.of<User>().select(Query(where(&User::phone_key) == contact.key &&
                                    where(&User::phone_unproven_since).is_not_null() && where(&User::id) != user_id)
                                  .order_by(&User::id)
                                  .limit(most_gathered)))
    take_contact(work, call, std::move(stranger), contact);
}

/// Brings the records that the telephone line made for a proven phone under the account (PHONE-4): placeholders that
/// nobody has touched become one with the account's own patient, all others stay people of their own. A patient with a
/// proven email comes along too.
void gather(UnitOfWork& work, const Call& call, const ContactProof& proof, const User& user, const Patient& own) {
  std::vector<Patient> others;
  if (!proof.of_email())
    others = patients_of_phone_line(work.transaction(), call, proof.contact().key);
  else if (auto other = patient_with_email(work.transaction(), proof.contact().key))
    others.push_back(std::move(*other));
  for (auto& other : others) {
    if (other.id == own.id) continue;
    if (other.account_id && other.account_id != user.id) continue;  // somebody else's
    if (is_untouched_placeholder(work.transaction(), other))
      merge_placeholder(work, other, own);
    else if (!other.account_id)
      add_dependent(work, proof, user, other);
  }
}

/// The patient keeps its own email, as another patient has the account's.
void follow_contacts_of_account(UnitOfWork& work, const Call& call, const ContactSet& was, const User& user,
                                Patient& patient) {
  const bool was_proven = patient.account_proven_at.has_value();
  contacts_given(voucher_of(call, user.id), work.now(), was, contacts_of(patient, &user), patient);
  patient.updated_at = work.now();
  work.of<Patient>().update(patient);
  proof_may_have_ended(work, was_proven, patient, user.id);
}

void prove_account(UnitOfWork& work, Patient& patient) {
  if (!patient.contacts_vouched_at || patient.account_proven_at) return;
  patient.account_proven_at = work.now();
  work.of<Patient>().update(patient);
}

}  // namespace

bool is_of_long_ago(const Call& call, const User& account, const Patient& own) {
  return !account.claimed_at && own.kind == PatientKind::ivr &&
         (!own.called_at || *own.called_at < claimable_since(call));
}

void dissolve(UnitOfWork& work, const Call& call, User account, Patient own) {
  unlink(work, call, account, own);
  for (auto& dependent : work.of<Patient>().select(
           Query(where(&Patient::account_id) == account.id).order_by(&Patient::id).limit(most_gathered))) {
    leave_account(dependent);
    work.of<Patient>().update(dependent);
  }
  account.email.reset();
  account.phone.reset();
  account.username = account.id;
  account.active = false;
  normalise(call.policy(), account);
  update(work, account);
  shut_strangers_out(work, account.id);
  audit_loss(work, account.id, own.id, "ACCOUNT_UNLINKED");
}

bool is_registered(Transaction& transaction, const Contact& contact) {
  // Both are looked for in any case: who is registered shows in no count of statements.
  const auto holder = holder_of(transaction, contact);
  const auto patient = patient_with_email(transaction, contact.key);
  if (holder) return is_closed_to_proofs(*holder, contact);
  return patient && patient->account_id;  // whose account has another email
}

Error contact_registered(const Contact& contact) {
  if (contact.channel == MessageChannel::sms) return Error(ErrorCode::phone_already_registered);
  constexpr auto text = "Somebody is registered with this email.";
  return Error(ErrorCode::duplicate_email, text, {{"email", "duplicate", text}});
}

ProvenPerson register_proven(UnitOfWork& work, const Call& call, const ContactProof& proof, const ChosenAccount& chosen,
                             const std::string& number) {
  auto waiting = holder_of(work.transaction(), proof.contact());
  if (waiting && is_closed_to_proofs(*waiting, proof.contact())) throw contact_registered(proof.contact());
  auto own = waiting ? own_patient(work.transaction(), *waiting) : std::nullopt;
  if (waiting && (has_another_owner(*waiting, proof.contact()) || (own && is_of_long_ago(call, *waiting, *own))))
    waiting.reset();
  if (!waiting || !proof.of_email()) free_contact(work, call, proof.contact(), waiting ? waiting->id : std::string());
  if (waiting && !own) {  // the row is missing; sync.repair would make another one as well
    own = patient_from_user(call, work.now(), *waiting, number);
    give_patient(work, *own, *waiting);
  }
  auto person = waiting ? take_over(work, call, proof, std::move(*waiting), std::move(*own), chosen)
                        : make_account(work, call, proof, chosen, number);
  gather(work, call, proof, person.user, person.patient);
  return person;
}

User adopt_proven(UnitOfWork& work, const Call& call, const ContactProof& proof) {
  const auto& contact = proof.contact();
  auto user = find_user(work.transaction(), *proof.user_id());
  if (!user.active) throw Error(ErrorCode::token_invalid, "The account is not active.");
  auto patient = own_patient(work.transaction(), user);
  free_contact(work, call, contact, user.id);
  const auto was = user;
  const auto contacts = patient ? contacts_of(*patient, &was) : ContactSet();
  set_proven(contact, work.now(), user);
  follow_username(work.transaction(), call, was, user, patient ? patient->number : user.id);
  user.updated_at = work.now();
  normalise(call.policy(), user);
  follow_contacts(work, call.policy(), was, user);
  set_proven(contact, work.now(), user);  // which a change of contact has undone
  normalise(call.policy(), user);
  if (patient) {
    const auto email_of_another =
        contact.channel == MessageChannel::email ? patient_with_email(work.transaction(), contact.key) : std::nullopt;
    if (!email_of_another || email_of_another->id == patient->id)
      follow_user_and_store(work, call, was, user, *patient);
    else
      follow_contacts_of_account(work, call, contacts, user, *patient);
    // A contact that was there before may be one that staff has vouched for.
    if (contacts.contains(contact.key)) prove_account(work, *patient);
  }
  update(work, user);
  end_links_to_old_contacts(work, was, user);
  tell_owner(work, call, was, user);
  if (patient) gather(work, call, proof, user, *patient);
  return user;
}

}  // namespace clinic
