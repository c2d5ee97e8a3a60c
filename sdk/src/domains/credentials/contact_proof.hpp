#pragma once

/// \file
/// Contacts that somebody proves to hold: by a code that was sent there and came back (OTP-1, OTP-2).

#include "engine/call.hpp"

#include <string>
#include <string_view>

namespace clinic {

/// A contact as it was typed, and the form in which it is compared.
struct Contact {
  MessageChannel channel = MessageChannel::email;
  std::string text;
  std::string key;
};

/// The one contact that a request names. Throws Error(validation_failed): none, both, or a phone number that has no
/// normal form, to which nothing can be sent.
Contact contact_in(const Policy& policy, const std::optional<std::string>& email,
                   const std::optional<std::string>& phone);

/// Says that somebody holds a contact. Only `spend_proof` makes one, so whoever has one has seen a proof that was used
/// up in this unit of work (SYNC-9).
class ContactProof {
 public:
  const Contact& contact() const { return contact_; }
  bool of_email() const { return contact_.channel == MessageChannel::email; }
  /// The account for which the contact was proven; none for a registration.
  const std::optional<std::string>& user_id() const { return user_id_; }

 private:
  friend ContactProof spend_proof(UnitOfWork& work, const ContactVerification& found);
  ContactProof(Contact contact, std::optional<std::string> user_id)
      : contact_(std::move(contact)), user_id_(std::move(user_id)) {}

  Contact contact_;
  std::optional<std::string> user_id_;
};

/// What a verification is begun with.
struct VerificationRequest {
  ContactPurpose purpose = ContactPurpose::registration;
  Contact contact{};
  std::optional<std::string> user_id{};
  std::optional<std::string> locale{};
};

/// The secrets of a verification, made before the transaction.
struct VerificationSecrets {
  std::string token;  ///< the code must come with it
  std::string code;   ///< six digits
  ~VerificationSecrets();
};
VerificationSecrets make_verification_secrets(const Call& call);

/// Which message carries the code, or takes its place where the contact is not to be proven: the owner is told that
/// somebody tried. Both write the same rows.
enum class CodeMessage : bool { code, registered_already };

/// Stores the verification and sends the message.
ContactVerification begin_verification(UnitOfWork& work, const Call& call, const VerificationRequest& request,
                                       const VerificationSecrets& secrets, CodeMessage message);
/// From when on another code may be sent.
Timestamp resend_at(const Policy& policy, const ContactVerification& verification);
/// The verification for which another code may be sent. Throws Error: token_invalid, too_many_attempts (with the
/// seconds to wait) where the last one was sent a moment ago.
ContactVerification find_due_for_resend(Transaction& transaction, const Call& call, std::string_view token);
/// Sends another code for the same verification, or the same message again. Throws as find_due_for_resend does.
ContactVerification send_code_again(UnitOfWork& work, const Call& call, std::string_view token,
                                    const VerificationSecrets& secrets);

/// The verification that such a code is awaited for, by its token. Throws Error(token_invalid).
ContactVerification find_verification(Transaction& transaction, ContactPurpose purpose, std::string_view token,
                                      Timestamp now);
/// Throws Error(code_wrong) unless the code is the right one. That is counted as an attempt at the contact, whatever
/// verification it belongs to: throws Error(too_many_attempts).
void check_code(Call& call, const ContactVerification& verification, std::string_view code);
/// Notes that the right code came, and that the proof is used with that token. Of two at once, one finds it done, as
/// does who gave the code of before another one was sent: throws Error(token_invalid).
ContactVerification note_verified(UnitOfWork& work, const Call& call, const ContactVerification& found,
                                  std::string_view proof);

/// The verification whose proof that is. Throws Error(token_invalid): unknown, used, ended, of another purpose or of
/// another contact.
ContactVerification find_proof(Transaction& transaction, ContactPurpose purpose, std::string_view proof,
                               const Contact& contact, Timestamp now);
/// Uses the proof up. Of two at once, one finds it used: throws Error(token_invalid).
ContactProof spend_proof(UnitOfWork& work, const ContactVerification& found);

/// Ends every open proof and code of an account: what it was to prove is another's now.
void end_verifications(UnitOfWork& work, std::string_view user_id);

}  // namespace clinic
