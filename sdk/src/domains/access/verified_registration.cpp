/// \file
/// auth.start_registration, auth.resend_code, auth.verify_contact, auth.set_password: a registration by a contact that
/// its owner proves (OTP-1 to OTP-4).

#include "crypto/password.hpp"
#include "domains/access/operations.hpp"
#include "domains/access/tokens.hpp"
#include "domains/credentials/password_rules.hpp"
#include "domains/people/accounts.hpp"
#include "domains/people/numbering.hpp"
#include "domains/people/proven_people.hpp"
#include "domains/people/users.hpp"
#include "engine/engine.hpp"

#include <algorithm>

namespace clinic {
namespace {

void check_channel(const Policy& policy, const Contact& contact) {
  const auto& channels = policy.registration_channels;
  if (std::find(channels.begin(), channels.end(), contact.channel) == channels.end())
    throw Error(ErrorCode::forbidden,
                "The clinic's policy has no registration by this kind of contact "
                "(`registration_channels`).");
}

/// What is answered, whoever has the contact.
std::string sent_sentence(const ContactVerification& verification) {
  return verification.channel == MessageChannel::email ? "A message was sent to this email."
                                                       : "A message was sent to this phone.";
}

std::vector<std::string> words_of(const SetPassword& request, const Contact& contact) {
  std::vector<std::string> words{contact.text};
  for (const auto* word : {&request.first_name, &request.last_name, &request.username})
    if (*word) words.push_back(**word);
  return words;
}

/// The login of a person who has just chosen a password. None where somebody has changed it since, or where the login
/// cannot be stored: the registration stands.
std::optional<Tokens> log_in_at_once(Call& call, const std::string& user_id, const std::string& password_hash) try {
  std::optional<Tokens> tokens;
  call.step([&](UnitOfWork& work) {
    tokens.reset();
    auto user = find_user(work.transaction(), user_id);
    if (user.password_hash != password_hash || !user.active) throw NothingToDo{};
    user.last_login_at = work.now();
    update(work, user);
    tokens = start_login(work, call, user);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id, .action = "LOGIN", .actor = &user});
  });
  return tokens;
} catch (const StorageError&) {
  return std::nullopt;
}

}  // namespace

VerificationStarted start_registration(Call& call, const StartRegistration& request) {
  const auto& policy = call.policy();
  const auto contact = contact_in(policy, request.email, request.phone);
  check_channel(policy, contact);
  count_code_sent(call, contact.key);
  const auto secrets = make_verification_secrets(call);
  return call.write([&](UnitOfWork& work) {
    const bool known = is_registered(work.transaction(), contact);
    if (known && policy.tell_registered) throw contact_registered(contact);
    const auto verification = begin_verification(
        work, call, {.purpose = ContactPurpose::registration, .contact = contact, .locale = request.locale}, secrets,
        known ? CodeMessage::registered_already : CodeMessage::code);
    work.audit({.resource_id = verification.id});
    return VerificationStarted{true,
                               sent_sentence(verification),
                               secrets.token,
                               verification.channel,
                               resend_at(policy, verification),
                               verification.expires_at};
  });
}

CodeResent resend_code(Call& call, const ResendCode& request) {
  const auto due = call.read(
      [&](Transaction& transaction) { return find_due_for_resend(transaction, call, request.verification_token); });
  count_code_sent(call, due.contact_key);
  const auto secrets = make_verification_secrets(call);
  return call.write([&](UnitOfWork& work) {
    const auto verification = send_code_again(work, call, request.verification_token, secrets);
    work.audit({.resource_id = verification.id});
    return CodeResent{true, sent_sentence(verification), verification.channel, resend_at(call.policy(), verification),
                      verification.expires_at};
  });
}

ContactVerified verify_contact(Call& call, const VerifyContact& request) {
  if (auto answered = call.answered<ContactVerified>()) return std::move(*answered);  // the code is spent by now
  const auto contact = contact_in(call.policy(), request.email, request.phone);
  const auto verification = call.read([&](Transaction& transaction) {
    return find_verification(transaction, ContactPurpose::registration, request.verification_token, call.now());
  });
  call.concerns("contact_verification", verification.id, std::nullopt);
  if (verification.contact_key != contact.key || verification.channel != contact.channel)
    throw Error(ErrorCode::token_invalid, "The token was made for another contact.");
  check_code(call, verification, request.code);
  const auto proof = new_token(call);
  return call.write([&](UnitOfWork& work) {
    const auto verified = note_verified(work, call, verification, proof);
    work.audit({.resource_id = verified.id});
    return ContactVerified{true, "The contact is verified. Choose a password.", proof, verified.expires_at};
  });
}

RegisteredPerson set_password(Call& call, const SetPassword& request) {
  if (auto answered = call.answered<RegisteredPerson>()) return std::move(*answered);  // the proof is spent by now
  const auto contact = contact_in(call.policy(), request.email, request.phone);
  if (request.first_name.has_value() != request.last_name.has_value())
    refuse(request.first_name ? "last_name" : "first_name", "required", "Give both names, or none.");
  check_birth_date(call, request.birth_date);
  const auto verification = call.read([&](Transaction& transaction) {
    return find_proof(transaction, ContactPurpose::registration, request.verified_token, contact, call.now());
  });
  call.concerns("contact_verification", verification.id, std::nullopt);
  const ChosenAccount chosen{.first_name = request.first_name,
                             .last_name = request.last_name,
                             .username = request.username,
                             .birth_date = request.birth_date,
                             .address = request.address,
                             .locale = request.locale,
                             .password_hash = checked_hash(call, request.password, words_of(request, contact))};
  bool registered_now = false;
  auto registered = with_number(
      call,
      [&](const std::string& number) {
        return call.write([&](UnitOfWork& work) {
          const auto proof = spend_proof(work, verification);
          const auto person = register_proven(work, call, proof, chosen, number);
          work.audit({.resource_id = person.user.id,
                      .patient_id = person.patient.id,
                      .metadata = json_object({{"role", word(person.user.role)},
                                               {"patient_id", person.patient.number},
                                               {"by", word(contact.channel)}}),
                      .actor = &person.user});
          forget_attempts(work, call, person.user);
          if (person.account_made)
            work.event("user.created", person.user.id, json_object({{"role", word(person.user.role)}}));
          else
            work.event("user.updated", person.user.id);
          registered_now = true;
          return RegisteredPerson{view(person.user), view(call, person.patient), std::nullopt};
        });
      },
      [](const RegisteredPerson& person) { return person.patient->number; });
  // Tokens are not kept under an idempotency key: a refresh token that is used twice ends the login. And whoever
  // repeats the call gets none, since the password may be another one by now.
  if (registered_now) registered.tokens = log_in_at_once(call, registered.user.id, chosen.password_hash);
  return registered;
}

}  // namespace clinic
