#include "domains/credentials/contact_proof.hpp"

#include "base/formats.hpp"
#include "base/try_again.hpp"
#include "crypto/password.hpp"
#include "engine/engine.hpp"
#include "meta/json_object.hpp"

namespace clinic {
namespace {

[[noreturn]] void refuse_token() {
  throw Error(ErrorCode::token_invalid, "The code or its proof was used, or has ended.");
}

std::string code_hash(const Call& call, const std::string& verification, std::string_view code) {
  // A code has a million values: without a key, whoever reads the database would try them all.
  return call.engine().sealer().keyed_hash("verification code", verification + " " + std::string(code));
}

Guarded guesses_at(const Policy& policy, const ContactVerification& verification) {
  // The contact alone: another purpose or another start gives no further guesses.
  return {"code:" + std::string(word(verification.channel)) + ":" + verification.contact_key, policy.code_attempts};
}

void send_code(UnitOfWork& work, const Call& call, const ContactVerification& verification, const std::string& code,
               CodeMessage which) {
  const bool email = verification.channel == MessageChannel::email;
  OutboxMessage message;
  message.channel = verification.channel;
  message.recipient = email ? verification.contact : verification.contact_key;
  message.message_template = which == CodeMessage::registered_already ? "already_registered"
                             : email                                  ? "email_code"
                                                                      : "phone_code";
  message.locale = verification.locale.value_or(call.policy().locale);
  message.user_id = verification.user_id;
  message.data.text =
      json_object({{"login_url", call.policy().login_url}, {"valid_minutes", call.policy().code_minutes}});
  work.send(std::move(message), code);
}

void set_code(const Call& call, Timestamp now, const VerificationSecrets& secrets, CodeMessage message,
              ContactVerification& verification) {
  verification.code_sent_at = now;
  verification.expires_at = now + std::chrono::minutes(call.policy().code_minutes);
  // Made in any case, so that the time does not tell who is registered.
  const auto hash = code_hash(call, verification.id, secrets.code);
  verification.code_hash = message == CodeMessage::code ? std::optional(hash) : std::nullopt;
}

/// The verification for which a code is awaited.
ContactVerification find_awaited(Transaction& transaction, std::string_view token, Timestamp now) {
  auto found =
      Repository<ContactVerification>(transaction).first(where(&ContactVerification::token_hash) == sha256(token));
  if (!found || found->verified_at || found->expires_at <= now) refuse_token();
  return std::move(*found);
}

/// Whether there is a proof that may be used.
bool is_usable(const std::optional<ContactVerification>& found, Timestamp now) {
  return found && found->verified_at && !found->spent_at && found->expires_at > now;
}

}  // namespace

Contact contact_in(const Policy& policy, const std::optional<std::string>& email,
                   const std::optional<std::string>& phone) {
  if (email && phone)
    throw Error(ErrorCode::validation_failed, {},
                {{"phone", "not_applicable", "Give an email or a phone number, not both."}});
  if (email) return {MessageChannel::email, *email, email_key(*email)};
  if (!phone)
    throw Error(ErrorCode::validation_failed, {}, {{"email", "required", "Give an email or a phone number."}});
  auto key = phone_key(*phone, policy.default_region);
  if (!key)
    throw Error(ErrorCode::validation_failed, {},
                {{"phone", "invalid_format", "The phone number is not valid in the clinic's region."}});
  return {MessageChannel::sms, *phone, std::move(*key)};
}

VerificationSecrets::~VerificationSecrets() {
  wipe(token);
  wipe(code);
}

VerificationSecrets make_verification_secrets(const Call& call) {
  const auto random = [&](std::span<std::byte> bytes) { call.engine().random(bytes); };
  return {generate_token(random), generate_code(random)};
}

ContactVerification begin_verification(UnitOfWork& work, const Call& call, const VerificationRequest& request,
                                       const VerificationSecrets& secrets, CodeMessage message) {
  ContactVerification verification;
  verification.id = work.new_id();
  verification.purpose = request.purpose;
  verification.channel = request.contact.channel;
  verification.contact = request.contact.text;
  verification.contact_key = request.contact.key;
  verification.user_id = request.user_id;
  verification.locale = request.locale;
  verification.token_hash = sha256(secrets.token);
  verification.created_at = work.now();
  set_code(call, work.now(), secrets, message, verification);
  work.of<ContactVerification>().insert(verification);
  send_code(work, call, verification, secrets.code, message);
  return verification;
}

Timestamp resend_at(const Policy& policy, const ContactVerification& verification) {
  return verification.code_sent_at + std::chrono::seconds(policy.code_resend_seconds);
}

ContactVerification find_due_for_resend(Transaction& transaction, const Call& call, std::string_view token) {
  const auto now = call.now();
  auto verification = find_awaited(transaction, token, now);
  const auto due = resend_at(call.policy(), verification);
  if (now < due) throw try_again_after(ErrorCode::too_many_attempts, due - now);
  return verification;
}

ContactVerification send_code_again(UnitOfWork& work, const Call& call, std::string_view token,
                                    const VerificationSecrets& secrets) {
  auto verification = find_due_for_resend(work.transaction(), call, token);
  const auto message = verification.code_hash ? CodeMessage::code : CodeMessage::registered_already;
  set_code(call, work.now(), secrets, message, verification);
  work.of<ContactVerification>().update(verification);
  send_code(work, call, verification, secrets.code, message);
  return verification;
}

ContactVerification find_verification(Transaction& transaction, ContactPurpose purpose, std::string_view token,
                                      Timestamp now) {
  auto found = find_awaited(transaction, token, now);
  if (found.purpose != purpose) refuse_token();
  return found;
}

void check_code(Call& call, const ContactVerification& verification, std::string_view code) {
  const auto hash = code_hash(call, verification.id, code);
  if (!call.engine().attempts().make({guesses_at(call.policy(), verification)}, call.now(),
                                     [&] { return verification.code_hash == hash; }))
    throw Error(ErrorCode::code_wrong, {}, {{"code", "wrong", "The code is not the one that was sent last."}});
}

ContactVerification note_verified(UnitOfWork& work, const Call& call, const ContactVerification& found,
                                  std::string_view proof) {
  auto verification = work.of<ContactVerification>().find(found.id);
  if (!verification || verification->verified_at || verification->expires_at <= work.now() ||
      verification->code_hash != found.code_hash)
    refuse_token();
  verification->verified_at = work.now();
  verification->code_hash.reset();
  verification->proof_hash = sha256(proof);
  verification->expires_at = work.now() + std::chrono::minutes(call.policy().proof_minutes);
  work.of<ContactVerification>().update(*verification);
  call.engine().attempts().clear(work.transaction(), {guesses_at(call.policy(), *verification).what});
  return std::move(*verification);
}

ContactVerification find_proof(Transaction& transaction, ContactPurpose purpose, std::string_view proof,
                               const Contact& contact, Timestamp now) {
  auto found =
      Repository<ContactVerification>(transaction).first(where(&ContactVerification::proof_hash) == sha256(proof));
  if (!is_usable(found, now) || found->purpose != purpose || found->channel != contact.channel ||
      found->contact_key != contact.key)
    refuse_token();
  return std::move(*found);
}

ContactProof spend_proof(UnitOfWork& work, const ContactVerification& found) {
  auto verification = work.of<ContactVerification>().find(found.id);
  if (!is_usable(verification, work.now()) || verification->proof_hash != found.proof_hash) refuse_token();
  verification->spent_at = work.now();
  work.of<ContactVerification>().update(*verification);
  return {{verification->channel, verification->contact, verification->contact_key}, verification->user_id};
}

void end_verifications(UnitOfWork& work, std::string_view user_id) {
  work.of<ContactVerification>().erase_where(where(&ContactVerification::user_id) == user_id &&
                                             where(&ContactVerification::spent_at).is_null());
}

}  // namespace clinic
