/// \file
/// profile.start_contact_change, profile.confirm_contact: a person who is logged in proves an email or a phone, and
/// gets the records that were made with it (PHONE-3 to PHONE-5).

#include "domains/access/operations.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/people/people.hpp"
#include "domains/people/proven_people.hpp"

namespace clinic {

VerificationStarted start_contact_change(Call& call, const StartContactChange& request) {
  const auto& policy = call.policy();
  const auto contact = contact_in(policy, request.email, request.phone);
  if (contact.channel == MessageChannel::sms && !phones_are_keys(policy))
    refuse("phone", "not_applicable", "The clinic's policy does not tell people by their phones (`match_keys`).");
  count_code_sent(call, contact.key);
  const auto secrets = make_verification_secrets(call);
  return call.write([&](UnitOfWork& work) {
    const auto user = find_user(work.transaction(), own_id(call));
    const auto verification = begin_verification(
        work, call,
        {.purpose = ContactPurpose::own_contact, .contact = contact, .user_id = user.id, .locale = user.locale},
        secrets, CodeMessage::code);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    return VerificationStarted{true,
                               "A code was sent to the new contact.",
                               secrets.token,
                               verification.channel,
                               resend_at(policy, verification),
                               verification.expires_at};
  });
}

Me confirm_contact(Call& call, const ConfirmContact& request) {
  const auto verification = call.read([&](Transaction& transaction) {
    return find_verification(transaction, ContactPurpose::own_contact, request.verification_token, call.now());
  });
  if (verification.user_id != own_id(call))
    throw Error(ErrorCode::token_invalid, "The token was made for another account.");
  check_code(call, verification, request.code);
  return call.write([&](UnitOfWork& work) {
    const auto verified = note_verified(work, call, verification, {});
    const auto user = adopt_proven(work, call, spend_proof(work, verified));
    Me result;
    if (auto patient = own_patient(work.transaction(), user)) result.patient = view(call, std::move(*patient));
    result.user = view(user);
    work.audit(
        {.resource_id = user.id,
         .patient_id = user.patient_id,
         .metadata = json_object({{"fields", Names{verified.channel == MessageChannel::email ? "email" : "phone"}}})});
    work.event("user.updated", user.id);
    return result;
  });
}

}  // namespace clinic
