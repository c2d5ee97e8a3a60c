#include "domains/people/contacts.hpp"

#include "domains/people/visibility.hpp"

#include <algorithm>

namespace clinic {

ContactSet contacts_of(const Patient& patient, const User* own_account) {
  ContactSet contacts;
  const auto add = [&](const auto& person) {
    for (const auto* contact : {&person.email_key, &phone_of(person)})
      if (*contact) contacts.insert(**contact);
  };
  add(patient);
  if (own_account) add(*own_account);
  return contacts;
}

Voucher voucher_of(const Call& call, const std::optional<std::string>& account_id) {
  if (reads_every_history(call.actor())) return Voucher::clinical;
  return account_id && call.actor().id() == account_id ? Voucher::oneself : Voucher::nobody;
}

void contacts_given(Voucher voucher, Timestamp now, const ContactSet& was, const ContactSet& contacts,
                    Patient& patient) {
  const auto known = [&](const std::string& contact) { return was.contains(contact); };
  if (std::all_of(contacts.begin(), contacts.end(), known)) return;
  if (voucher == Voucher::oneself && patient.account_proven_at) return;
  patient.account_proven_at.reset();
  // Who gives one contact does not answer for another that was there before, and that nobody answers for.
  const bool all_vouched = patient.contacts_vouched_at || std::none_of(contacts.begin(), contacts.end(), known);
  patient.contacts_vouched_at = voucher == Voucher::clinical && all_vouched ? std::optional(now) : std::nullopt;
}

void leave_account(Patient& patient) {
  patient.account_id.reset();
  patient.contacts_vouched_at.reset();
  patient.account_proven_at.reset();
}

void link_used(UnitOfWork& work, Patient patient) {
  const bool was_proven = patient.account_proven_at.has_value(), vouched = patient.contacts_vouched_at.has_value();
  if (was_proven == vouched) return;
  patient.account_proven_at = vouched ? std::optional(work.now()) : std::nullopt;
  work.of<Patient>().update(patient);
  proof_may_have_ended(work, was_proven, patient, *patient.account_id);
}

void proof_may_have_ended(UnitOfWork& work, bool was_proven, const Patient& patient, const std::string& account_id) {
  if (!was_proven || patient.account_proven_at) return;
  for (auto& dependent :
       work.of<Patient>().select(where(&Patient::account_id) == account_id && where(&Patient::id) != patient.id &&
                                 where(&Patient::account_proven_at).is_not_null())) {
    dependent.account_proven_at.reset();
    work.of<Patient>().update(dependent);
  }
}

}  // namespace clinic
