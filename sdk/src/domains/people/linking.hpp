#pragma once

/// \file
/// How the user and the patient of one person are linked, and stay in step.
///
/// Whoever writes both writes the patient first. Two who met in different orders would wait for each other, and
/// PostgreSQL looks for a deadlock only after a second.

#include "domains/people/accounts.hpp"
#include "domains/people/link_authority.hpp"

#include <vector>

namespace clinic {

/// The two records of a person; neither is null.
struct UserAndPatient {
  User* user;
  Patient* patient;
};

/// Links two records that are one person and stores both. A patient-role user takes the patient's id, and its tokens
/// and dependents move with it (MODEL-5). Contacts and names that one side lacks come from the other (SYNC-8), so
/// whoever links must be allowed to change both; a staff member's account takes none. Does nothing where they are
/// linked already. Throws Error: already_linked, not_linkable.
void link(UnitOfWork& work, const Call& call, const LinkAuthority& authority, User& user, Patient& patient);
/// The same for several people, all or none, with fewer statements. They are in the order of their patients' ids, and
/// no patient has the id of another's account.
void link(UnitOfWork& work, const Call& call, const LinkAuthority& authority, std::vector<UserAndPatient> people);
/// The same for two whom a member of staff named. An account that was without a patient, and for that inactive, is
/// active again; answers whether it was so.
bool link_on_purpose(UnitOfWork& work, const Call& call, User& user, Patient& patient);
/// As link, for a user that is not stored yet.
void insert_linked(UnitOfWork& work, const Call& call, const LinkAuthority& authority, User& user, Patient& patient);
/// Puts a patient without an account on a guardian's, as a person of its own. Throws Error: already_linked,
/// not_linkable.
void add_dependent(UnitOfWork& work, const LinkAuthority& authority, const User& guardian, Patient& patient);
/// Takes a patient from the account of somebody else; the account stays as it is.
void remove_dependent(UnitOfWork& work, const User& guardian, Patient& patient);
/// Gives a patient who is stored, and has no account, a new one (`new_account`), with its credentials. Throws
/// Error(not_linkable) where the patient was merged.
void give_account(UnitOfWork& work, const Call& call, const LinkAuthority& authority, Patient& patient, User& account,
                  const Credentials& credentials);

/// Undoes a link: the account takes a new id and is deactivated; its logins and links end.
void unlink(UnitOfWork& work, const Call& call, User& user, Patient& patient);

/// Carries a change of contact or name to the other record of the person, in memory. A contact that differed before the
/// change was meant to differ (a portal's own email) and stays. `was` is the record before the change. Answers whether
/// anything changed.
///
/// A patient's account follows its patient; a staff member's never does: who may change patients may not change by them
/// how staff logs in.
bool follow_patient(Transaction& transaction, const Call& call, const Patient& was, const Patient& now, User& user);
/// The patient follows any account of its own. Throws Error(validation_failed) where the account would lose a name,
/// which no patient can be without.
bool follow_user(const User& was, const User& now, Patient& patient);
/// The same, and stores the patient where anything in it, or a contact of the account, has changed. `change` changes
/// what else is to be changed of it, and answers whether it did.
void follow_user_and_store(
    UnitOfWork& work, const Call& call, const User& was, const User& now, Patient& patient,
    FunctionRef<bool()> change = [] { return false; });

/// Gives the two records of a person the same contacts and stores both: the account's stand, or the patient's. What the
/// one that stands lacks comes from the other.
void align_contacts(UnitOfWork& work, const Call& call, bool accounts_stand, User& user, Patient& patient);

/// A patient made from a user that has none; same id. Not stored yet. "New Patient", where the user has no name.
Patient patient_from_user(const Call& call, Timestamp now, const User& user, const std::string& number);
/// Stores such a patient. To store the user is for the caller.
void give_patient(UnitOfWork& work, Patient& patient, User& user);

/// The audit row of what was done to the two records of a person, with the patient's number.
void audit_account(UnitOfWork& work, const User& user, const Patient& patient, std::string_view action);

}  // namespace clinic
