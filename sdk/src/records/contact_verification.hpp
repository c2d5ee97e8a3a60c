#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A contact that somebody says is theirs. A code that was sent to it is awaited; once it came back, the proof waits to
/// be used, once (OTP-1, OTP-2). A row is also written for a contact to which no code was sent, so that nobody learns
/// who is registered.
struct ContactVerification {
  std::string id;
  ContactPurpose purpose = ContactPurpose::registration;
  MessageChannel channel = MessageChannel::email;
  std::string contact;                   ///< as it was typed
  std::string contact_key;               ///< its normal form
  std::optional<std::string> user_id;    ///< the account for which it is proven, where there is one
  std::string token_hash;                ///< of the token that the code must come with
  std::optional<std::string> code_hash;  ///< keyed; none where no code was sent
  std::optional<std::string> locale;
  Timestamp code_sent_at{};
  std::optional<Timestamp> verified_at;   ///< when the right code came
  std::optional<std::string> proof_hash;  ///< of the token that uses the proof
  std::optional<Timestamp> spent_at;      ///< when the proof was used
  Timestamp created_at{};
  Timestamp expires_at{};  ///< of the code; once it came, of the proof
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(ContactVerification, (),
                      (id, purpose, channel, contact, contact_key, user_id, token_hash, code_hash, locale, code_sent_at,
                       verified_at, proof_hash, spent_at, created_at, expires_at, version))

template <>
struct Table<ContactVerification> {
  static constexpr std::string_view name = "contact_verifications";
  static constexpr std::string_view resource = "contact_verification";
  static constexpr std::array constraints{Constraint{"token_hash"}, index_on("proof_hash"), index_on("user_id")};
  static constexpr std::array references{Reference{.field = "user_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::erase,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::no}};
  static constexpr Retention retention = Retention::until_ended;
  // A proof that was used would be one in the backup that was not yet.
  static constexpr InBackups in_backups = InBackups::no;
};

}  // namespace clinic
