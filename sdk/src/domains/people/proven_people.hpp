#pragma once

/// \file
/// What becomes of the records of people when somebody has proven to hold a contact (OTP-3, PHONE-3, PHONE-4, SYNC-9).

#include "domains/people/link_authority.hpp"

#include <optional>
#include <string>

namespace clinic {

/// Whether the contact's owner has an account already, which only its password or a reset opens.
bool is_registered(Transaction& transaction, const Contact& contact);

/// Whether the account was made by the telephone line, and nobody has logged in or called for so long that the number
/// may be somebody else's by now (Policy::phone_claim_days).
bool is_of_long_ago(const Call& call, const User& account, const Patient& own);

/// Leaves an account that nobody has entered without its patients, its own and its dependents, who stay with the
/// clinic, and closes it: its contacts are free.
void dissolve(UnitOfWork& work, const Call& call, User account, Patient own);

/// duplicate_email or phone_already_registered.
Error contact_registered(const Contact& contact);

/// What a person chooses who registers with a proof.
struct ChosenAccount {
  std::optional<std::string> first_name{}, last_name{}, username{};
  std::optional<Date> birth_date{};
  std::optional<std::string> address{}, locale{};
  std::string password_hash{};
};

struct ProvenPerson {
  User user;
  Patient patient;
  bool account_made = true;  ///< false: it was there, and waited
};

/// Makes the account of the person who has proven a contact. It is the account that waits for that proof (one that the
/// telephone line or the desk made, or that a stranger made with that contact: then the stranger is shut out); else the
/// account of the patient who has the contact; else one with a new patient of that number. Other records with the
/// contact are gathered under the account, see `gather`. Throws Error: contact_registered, duplicate_username,
/// not_linkable.
ProvenPerson register_proven(UnitOfWork& work, const Call& call, const ContactProof& proof, const ChosenAccount& chosen,
                             const std::string& number);

/// Gives the account that the proof was made for the proven contact: whoever has it without a proof loses it, and
/// records with it are gathered under the account. Throws Error: contact_registered, token_invalid.
User adopt_proven(UnitOfWork& work, const Call& call, const ContactProof& proof);

}  // namespace clinic
