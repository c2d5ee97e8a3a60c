#include "domains/people/people.hpp"

#include "base/formats.hpp"
#include "domains/credentials/accounts_by_login.hpp"
#include "domains/credentials/single_use_tokens.hpp"
#include "domains/people/visibility.hpp"
#include "engine/engine.hpp"
#include "meta/move_fields.hpp"
#include "store/storage_errors.hpp"

#include <boost/algorithm/string/case_conv.hpp>

namespace clinic {
namespace {

/// Full years between two days.
std::int64_t years_between(Date from, Date to) {
  const bool before_birthday = std::pair(to.month(), to.day()) < std::pair(from.month(), from.day());
  return static_cast<int>(to.year()) - static_cast<int>(from.year()) - (before_birthday ? 1 : 0);
}

bool is_email(const std::string& username, const std::optional<std::string>& email) {
  return email && fold(username) == email_key(*email);
}

/// Where phones are keys, a phone that somebody else has is a duplicate, and to be told as one.
bool may_be_username(Transaction& transaction, const Call& call, const User& user, const std::string& phone) {
  if (taken_for(transaction, call, user, phone) != TakenFor::nothing) return false;
  return phones_are_keys(call.policy()) ||
         !Repository<User>(transaction).first(where(&User::username_key) == fold(phone) && where(&User::id) != user.id);
}

std::optional<std::string> phone_key_of(const Policy& policy, const std::optional<std::string>& phone) {
  if (!phone) return std::nullopt;
  auto key = phone_key(*phone, policy.default_region);
  if (!key && policy.strict_phone)
    throw Error(ErrorCode::validation_failed, {},
                {{"phone", "invalid_format", "The phone number is not valid in the clinic's region."}});
  return key;
}

void set_phone_login_key(const Policy& policy, User& user) {
  user.phone_login_key = phones_are_keys(policy) && !user.phone_unproven_since ? user.phone_key : std::nullopt;
}

template <class Store>
void naming_email(const User& user, Store store) {
  try {
    store();
  } catch (const StorageError& failure) {
    if (!violates(failure, "User", "username_key") || user.username_key != user.email_key) throw;
    throw StorageError(failure.code(), failure.native_code(), failure.record(), "email_key", failure.what());
  }
}

template <class T, class F>
std::optional<T> map(const std::optional<T>& value, F function) {
  return value ? std::optional<T>(function(*value)) : std::nullopt;
}

}  // namespace

bool is_phone(const Policy& policy, const std::string& username, const std::optional<std::string>& phone) {
  if (!phone) return false;
  if (fold(username) == fold(*phone)) return true;
  const auto key = phone_typed(policy, username);
  return key && key == phone_key(*phone, policy.default_region);
}

void refuse(std::string path, std::string code, std::string message) {
  throw Error(ErrorCode::validation_failed, {}, {{std::move(path), std::move(code), std::move(message)}});
}

std::optional<Patient> look_up_patient(Transaction& transaction, std::string_view id_or_number) {
  Repository<Patient> patients(transaction);
  // Ids of ours are UUIDs of 36 characters; a clinic's own ids and numbers may be anything. Both are tried, the
  // likelier first.
  const bool likely_id = id_or_number.size() == 36;
  for (bool by_id : {likely_id, !likely_id})
    if (auto patient = by_id ? patients.find(id_or_number) : patients.first(where(&Patient::number) == id_or_number))
      return patient;
  return std::nullopt;
}

Patient find_patient(Transaction& transaction, std::string_view id_or_number) {
  auto patient = look_up_patient(transaction, id_or_number);
  if (!patient) throw Error(ErrorCode::not_found, {}, {{"patient", "not_found", "There is no such patient."}});
  return std::move(*patient);
}

Patient find_patient(const Call& call, Transaction& transaction, std::string_view id_or_number) {
  auto patient = look_up_patient(transaction, id_or_number);
  if (!patient || !may_see(call, *patient))
    throw Error(ErrorCode::not_found, {}, {{"patient", "not_found", "There is no such patient."}});
  return std::move(*patient);
}

std::optional<Patient> own_patient(Transaction& transaction, const User& user) {
  return user.patient_id ? Repository<Patient>(transaction).find(*user.patient_id) : std::nullopt;
}

User find_user(Transaction& transaction, std::string_view id) {
  auto user = Repository<User>(transaction).find(id);
  if (!user) throw Error(ErrorCode::not_found, {}, {{"user", "not_found", "There is no such user."}});
  return std::move(*user);
}

std::optional<User> account_of(Transaction& transaction, const Patient& patient) {
  if (!patient.account_id) return std::nullopt;
  return Repository<User>(transaction).find(*patient.account_id);
}

bool phones_are_keys(const Policy& policy) {
  const auto& keys = policy.match_keys;
  return std::find(keys.begin(), keys.end(), MatchKey::phone) != keys.end();
}

void set_name(const std::string& first_name, const std::string& last_name, Patient& patient) {
  if (std::tie(patient.first_name, patient.last_name) == std::tie(first_name, last_name)) return;
  patient.first_name = first_name;
  patient.last_name = last_name;
  patient.placeholder.reset();
}

void set_text_keys(Patient& patient) {
  patient.name_key = fold(patient.first_name + " " + patient.last_name);
  patient.last_name_key = fold(patient.last_name);
  patient.email_key = map(patient.email, email_key);
  // A damaged patient has no national ID to show, and keeps the key of the one that it had.
  if (!patient.sealed_fields) patient.national_id_key = map(patient.national_id, national_id_key);
}

void set_text_keys(User& user) {
  user.name_key = fold(user.first_name.value_or("") + " " + user.last_name.value_or(""));
  user.username = trimmed(user.username);
  user.username_key = fold(user.username);
  user.email_key = map(user.email, email_key);
}

void normalise(const Policy& policy, Patient& patient) {
  set_text_keys(patient);
  patient.phone_key = phone_key_of(policy, patient.phone);
  if (patient.national_id_key && patient.national_id_key->empty())
    throw Error(ErrorCode::validation_failed, {},
                {{"national_id", "invalid_format", "The national ID holds no letter and no digit."}});
  if (patient.status == PatientStatus::merged) return;               // its contacts went to the survivor
  if (patient.placeholder == PlaceholderName::unidentified) return;  // nobody could ask
  const auto required = policy.required_contact;
  const bool satisfied =
      required == RequiredContact::none || (required == RequiredContact::any && (patient.email || patient.phone)) ||
      (required == RequiredContact::email && patient.email) || (required == RequiredContact::phone && patient.phone);
  if (!satisfied)
    throw Error(ErrorCode::validation_failed, {},
                {{required == RequiredContact::phone ? "phone" : "email", "required",
                  "The clinic's policy asks for this contact."}});
}

void normalise(const Policy& policy, User& user, const Patient* same_person) {
  set_text_keys(user);
  user.phone_key =
      same_person && same_person->phone == user.phone ? same_person->phone_key : phone_key_of(policy, user.phone);
  set_phone_login_key(policy, user);
  user.user_type = user.role == Role::patient ? UserType::patient : UserType::staff;
  user.superadmin = user.role == Role::superadmin;
}

TakenFor taken_for(Transaction& transaction, const Call& call, const User& user, std::string_view username) {
  const auto& policy = call.policy();
  const auto text = trimmed(username), key = fold(text);
  if (is_email(text, user.email)) return TakenFor::nothing;
  if (valid_email(key)) return TakenFor::email;
  // Numbers are compared as they are written, usernames in small letters: so in the likely ways to write one.
  const auto patient = Repository<Patient>(transaction)
                           .first(where(&Patient::number) == text || where(&Patient::number) == key ||
                                  where(&Patient::number) == boost::algorithm::to_upper_copy(key));
  if (patient && (patient->account_id == user.id || patient->id == user.id)) return TakenFor::nothing;
  const auto phone = phone_typed(policy, key);
  const bool own_phone = phone && user.phone && phone_key(*user.phone, policy.default_region) == phone;
  if (phone && !own_phone) return TakenFor::phone;
  if (!own_phone && call.engine().numbers().pattern().fits(key)) return TakenFor::form_of_number;
  if (patient) return TakenFor::number;
  // Nobody has proven that phone, and whoever has it by now logs in with it: as a username it would stand before.
  if (own_phone && !phones_are_keys(policy) &&
      Repository<User>(transaction).first(where(&User::phone_key) == *phone && where(&User::id) != user.id))
    return TakenFor::shared_phone;
  return TakenFor::nothing;
}

void check_username(TakenFor taken) {
  const auto refuse_form = [](const char* text) { refuse("username", "invalid_format", text); };
  switch (taken) {
    case TakenFor::nothing:
      return;
    case TakenFor::email:
      return refuse_form("A username that is an email must be the user's own.");
    case TakenFor::phone:
      return refuse_form("A username that is a phone number must be the user's own.");
    case TakenFor::form_of_number:
    case TakenFor::number:
      return refuse_form("A username that is a patient number must be the user's own.");
    case TakenFor::shared_phone:
      constexpr auto text = "Another account has this phone number.";
      throw Error(ErrorCode::duplicate_username, text, {{"username", "duplicate", text}});
  }
}

std::string default_username(Transaction& transaction, const Call& call, const User& user,
                             const std::string& otherwise) {
  if (user.email) return *user.email;
  if (user.phone && may_be_username(transaction, call, user, *user.phone)) return *user.phone;
  return otherwise;
}

void follow_username(Transaction& transaction, const Call& call, const User& was, User& now,
                     const std::string& otherwise) {
  const bool email_went = is_email(was.username, was.email) && !is_email(was.username, now.email);
  const bool phone_went = is_phone(call.policy(), was.username, was.phone) && now.phone != was.phone;
  // The same email in other letters: the username is written as it is.
  const bool rewritten = was.username == was.email && now.email != was.email;
  if (phone_went && now.phone && may_be_username(transaction, call, now, *now.phone))
    now.username = *now.phone;
  else if (email_went || phone_went || rewritten)
    now.username = default_username(transaction, call, now, otherwise);
}

void check_email_is_no_username(UnitOfWork& work, const User& user) {
  if (!user.email_key || user.email_key == user.username_key) return;  // then the constraint on usernames tells
  if (work.of<User>().first(where(&User::username_key) == *user.email_key && where(&User::id) != user.id))
    throw StorageError(CLINIC_PLUGIN_UNIQUE_VIOLATION, 0, "User", "email_key", "the email is another's username");
}

void follow_contacts(UnitOfWork& work, const Policy& policy, const User& was, User& now) {
  if (now.email_key != was.email_key) {
    now.email_verified_at.reset();
    check_email_is_no_username(work, now);
  }
  if (now.phone_key != was.phone_key) {
    now.phone_verified_at.reset();
    now.phone_unproven_since.reset();  // whoever gave this one is no stranger
    set_phone_login_key(policy, now);
  }
}

void end_links_to_old_contacts(UnitOfWork& work, const User& was, const User& now) {
  if (now.email_key != was.email_key || now.phone_key != was.phone_key) revoke_links(work, now.id);
}

void check_birth_date(const Call& call, const std::optional<Date>& birth_date) {
  if (birth_date && *birth_date > call.today()) refuse("birth_date", "out_of_range", "The birth date is after today.");
}

void announce(UnitOfWork& work, std::string_view type, std::string_view id, const Patient& patient) {
  work.event(type, id, json_object({{"patient_number", patient.number}}));
}

void insert(UnitOfWork& work, User& user) {
  check_email_is_no_username(work, user);
  naming_email(user, [&] { work.of<User>().insert(user); });
}

void insert_versioned(UnitOfWork& work, User& user) {
  naming_email(user, [&] { work.of<User>().insert_versioned(user); });
}

void update(UnitOfWork& work, User& user) {
  naming_email(user, [&] { work.of<User>().update(user); });
}

void store_or_look_again(bool username_chosen, FunctionRef<void()> store) {
  try {
    store();
  } catch (const StorageError& failure) {
    const bool of_contact = violates(failure, "User", "email_key") || violates(failure, "User", "phone_login_key") ||
                            (!username_chosen && violates(failure, "User", "username_key"));
    if (!of_contact) throw;
    throw StorageError(CLINIC_PLUGIN_STALE, failure.native_code(), failure.record(), {}, failure.what());
  }
}

PatientView view(const Call& call, Patient patient) {
  PatientView view;
  move_fields(patient, view);
  view.portal_enabled = view.account_id.has_value();
  view.medical_fields_damaged = patient.sealed_fields.has_value();
  if (view.birth_date)
    view.age = years_between(*view.birth_date, call.today());
  else if (view.age_years && view.age_stated_on)
    view.age = *view.age_years + years_between(*view.age_stated_on, call.today());
  show_what_is_open(call, view);
  return view;
}

UserView view(User user) {
  UserView view;
  move_fields(user, view);
  return view;
}

}  // namespace clinic
