#pragma once

/// \file
/// What the services of this domain share: finding people, filling their normal forms, and showing them.

#include "engine/call.hpp"
#include "meta/json_object.hpp"

#include <clinic/services/sync_service.hpp>

namespace clinic {

/// Throws Error(validation_failed) about one field.
[[noreturn]] void refuse(std::string path, std::string code, std::string message);

/// By id or number. Throws Error(not_found).
Patient find_patient(Transaction& transaction, std::string_view id_or_number);
/// The same, for one whom the caller may see.
Patient find_patient(const Call& call, Transaction& transaction, std::string_view id_or_number);
std::optional<Patient> look_up_patient(Transaction& transaction, std::string_view id_or_number);
/// Throws Error(not_found).
User find_user(Transaction& transaction, std::string_view id);
/// The user's own patient. None for staff without one, and where the row is missing, as sync.check tells.
std::optional<Patient> own_patient(Transaction& transaction, const User& user);
/// The account on which the patient is.
std::optional<User> account_of(Transaction& transaction, const Patient& patient);

/// Names the patient. Another name than a placeholder's is the person's own.
void set_name(const std::string& first_name, const std::string& last_name, Patient& patient);

/// Fills the `_key` fields that hold normal forms of texts; the phones' depend on the policy.
void set_text_keys(Patient& patient);
void set_text_keys(User& user);
/// Fills the `_key` fields from what was typed. Throws Error(validation_failed) where the policy asks for more.
void normalise(const Policy& policy, Patient& patient);
/// `same_person` has been normalised: a phone that both have is not parsed again.
void normalise(const Policy& policy, User& user, const Patient* same_person = nullptr);

/// Whether the username is that phone, however it is written.
bool is_phone(const Policy& policy, const std::string& username, const std::optional<std::string>& phone);
/// Whether one phone is one account: phones are among the policy's keys.
bool phones_are_keys(const Policy& policy);

/// For what a username would be taken at the login that is not the account's own (AUTH-1). By what it is when it is
/// folded, as the login folds it.
enum class TakenFor { nothing, email, phone, shared_phone, form_of_number, number };
TakenFor taken_for(Transaction& transaction, const Call& call, const User& user, std::string_view username);
/// Throws Error about a username that is taken for another's: validation_failed by its form, duplicate_username by who
/// has it.
void check_username(TakenFor taken);

/// The username of an account that was given none: the email, else the phone, else `otherwise` (the patient's number).
/// A phone that people share, where it is no key, is the username of the first of them only.
std::string default_username(Transaction& transaction, const Call& call, const User& user,
                             const std::string& otherwise);
/// A username that was the account's email or phone, however it is written, changes with it. Any other username stays.
void follow_username(Transaction& transaction, const Call& call, const User& was, User& now,
                     const std::string& otherwise);

/// Throws StorageError, as for a duplicate, where the email is another's username: no constraint of the database
/// compares the two columns.
void check_email_is_no_username(UnitOfWork& work, const User& user);

/// To be called where an account that is stored got other contacts: they are not proven, and an email that is
/// somebody's username is a duplicate. `now` is in normal form.
void follow_contacts(UnitOfWork& work, const Policy& policy, const User& was, User& now);
/// To be called after it was stored again: links to the old contacts prove nothing any more. A link that is being made
/// at this moment has locked the account's row, so that it is there to be ended, or waits for it and sees the new
/// contacts.
void end_links_to_old_contacts(UnitOfWork& work, const User& was, const User& now);

/// Throws Error(validation_failed) for a birth after today.
void check_birth_date(const Call& call, const std::optional<Date>& birth_date);

/// Tells those who listen what became of a patient, or of the account with that id, with the patient's number.
void announce(UnitOfWork& work, std::string_view type, std::string_view id, const Patient& patient);

/// Stores an account. Where its username is its email, that the username is taken means that the email is: which of two
/// violated constraints is named differs between databases.
void insert(UnitOfWork& work, User& user);
void insert_versioned(UnitOfWork& work, User& user);
void update(UnitOfWork& work, User& user);

/// Runs `store`, which stores the account of a contact that nobody had an account with. Where somebody has made one at
/// this moment, the unit of work runs again, and finds it. A username that somebody chose is told as a duplicate.
void store_or_look_again(bool username_chosen, FunctionRef<void()> store);

/// As the caller may see it.
PatientView view(const Call& call, Patient patient);
UserView view(User user);

/// Throws Error(stale_record) where the caller saw another version.
template <class Record>
void check_version(const Record& record, std::optional<std::int64_t> seen) {
  if (seen && *seen != record.version) throw Error(ErrorCode::stale_record);
}

}  // namespace clinic
