#pragma once

/// \file
/// Who answers for the contacts of a patient, and whether the patient's account was proven to be the patient's. That
/// decides whether the account may see medical data (domains/people/visibility.hpp).
///
/// `contacts_vouched_at` is set while somebody who may read every medical history answers for all contacts of the
/// patient and of its own account. A link that was sent to such a contact proves the account (`account_proven_at`).

#include "engine/call.hpp"

#include <set>
#include <string>

namespace clinic {

/// By what phones are compared: the normal form, or what was typed where it has none.
template <class Person>
const std::optional<std::string>& phone_of(const Person& person) {
  return person.phone_key ? person.phone_key : person.phone;
}

/// The contacts of a patient, and of its own account where it has one, as they are compared. Both are in normal form.
using ContactSet = std::set<std::string>;
ContactSet contacts_of(const Patient& patient, const User* own_account = nullptr);

/// Who gives a contact.
enum class Voucher {
  clinical,  ///< somebody who may read every medical history, or the host itself
  oneself,   ///< the account's own person
  nobody     ///< anybody else
};
Voucher voucher_of(const Call& call, const std::optional<std::string>& account_id = std::nullopt);

/// To be called where contacts of a patient or of its own account were given; the patient is not stored yet. A contact
/// that was taken away changes nothing, and one that both records have by now was given before.
void contacts_given(Voucher voucher, Timestamp now, const ContactSet& was, const ContactSet& contacts,
                    Patient& patient);

/// Takes the patient from its account, with what was known of that account; the patient is not stored yet.
void leave_account(Patient& patient);

/// To be called where a link or a code was used that was sent to the contact of a patient's own account: it proves the
/// account where the contact was vouched for, and ends the proof where it was not.
void link_used(UnitOfWork& work, Patient patient);

/// To be called where an account's own patient was stored, with whether the account was proven before: what is not
/// proven to be the guardian's shows no dependent either.
void proof_may_have_ended(UnitOfWork& work, bool was_proven, const Patient& patient, const std::string& account_id);

}  // namespace clinic
