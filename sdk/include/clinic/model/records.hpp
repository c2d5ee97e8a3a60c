#pragma once

/// \file
/// The records that the SDK keeps beside people, and the list of all record types with their tables and constraints.

#include <clinic/model/patient.hpp>
#include <clinic/model/user.hpp>

#include <boost/mp11/list.hpp>

#include <array>
#include <span>
#include <string_view>

namespace clinic {

/// Who did, or tried to do, what to whom. Holds no password, token, code or medical text (AUDIT-4).
struct AuditEntry {
  std::string id;
  Timestamp created_at{};
  std::optional<std::string> actor_id;
  std::string actor_name;
  std::string actor_role;
  std::string action;  ///< PATIENT_CREATED, …
  std::string resource_type;
  std::optional<std::string> resource_id;
  std::optional<std::string> patient_id;
  AuditOutcome outcome = AuditOutcome::done;
  std::optional<std::string> error_code;
  std::optional<std::string> origin;  ///< from where: the address or the channel that the host names
  Json metadata{"{}"};
  std::optional<std::string> mac;  ///< keyed, over all other fields (AUDIT-3); none in rows of older versions
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (),
                      (id, created_at, actor_id, actor_name, actor_role, action, resource_type, resource_id, patient_id,
                       outcome, error_code, origin, metadata, mac))

/// A batch of audit entries, sealed after their commit: it names them all, and its MAC covers theirs and the seal
/// before it. The ids count up from 1 without a gap.
struct AuditSeal {
  std::string id;  ///< the number of the seal, in twelve digits
  Timestamp created_at{};
  std::int64_t entry_count = 0;
  std::string entry_ids;  ///< joined by commas
  std::string mac;
};
BOOST_DESCRIBE_STRUCT(AuditSeal, (), (id, created_at, entry_count, entry_ids, mac))

/// Something that happened, for hosts that subscribe; written in the transaction that made it true.
struct Event {
  std::string id;
  Timestamp created_at{};
  std::string type;  ///< patient.registered, account.linked, …
  std::string resource_id;
  Json data{"{}"};
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, created_at, type, resource_id, data))

/// A message on its way out (NOTE-1). What is secret in it is encrypted until it is sent, then wiped.
struct OutboxMessage {
  std::string id;
  MessageChannel channel = MessageChannel::email;
  std::string message_template;
  std::string locale;
  std::string recipient;
  Json data{"{}"};
  std::optional<std::string> sealed_secret;
  MessageStatus status = MessageStatus::pending;
  std::int64_t attempts = 0;
  Timestamp due_at{};
  std::optional<Timestamp> sent_at;
  std::optional<std::string> patient_id;
  std::optional<std::string> user_id;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(OutboxMessage, (),
                      (id, channel, message_template, locale, recipient, data, sealed_secret, status, attempts, due_at,
                       sent_at, patient_id, user_id, created_at, version))

/// The next unused sequence number of a scope (a pattern, in a year). Processes take blocks, so that it is no hot row.
struct NumberBlock {
  std::string id;  ///< the scope
  std::int64_t next_value = 1;
  std::int64_t lock_count = 0;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(NumberBlock, (), (id, next_value, lock_count, version))

/// The answer to a call that carried an idempotency key, kept in that call's own transaction (HTTP-5).
struct IdempotencyRecord {
  std::string id;  ///< hash of the actor and the key
  std::string operation;
  std::string request_hash;
  std::string sealed_response;
  Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(IdempotencyRecord, (), (id, operation, request_hash, sealed_response, created_at))

/// A token that works once: only its hash is kept, bound to a purpose and a user, with an end.
struct SingleUseToken {
  std::string id;
  TokenPurpose purpose = TokenPurpose::invitation;
  std::string user_id;
  std::string token_hash;
  Timestamp created_at{};
  Timestamp expires_at{};
  std::optional<Timestamp> spent_at;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(SingleUseToken, (), (id, purpose, user_id, token_hash, created_at, expires_at, spent_at, version))

/// Somebody logged in at one place: the family of refresh tokens that come from one another, of which only the hashes
/// of the last two are kept. Erased where it ends, so what is not here is logged out.
struct LoginSession {
  std::string id;
  std::string user_id;
  Role role = Role::patient;
  std::int64_t generation = 0;  ///< how often the refresh token was exchanged
  std::string token_hash;
  std::optional<std::string> previous_token_hash;
  bool password_change_required = false;  ///< then it may do nothing else
  std::optional<std::string> origin;
  Timestamp created_at{};
  Timestamp refreshed_at{};
  Timestamp expires_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(LoginSession, (),
                      (id, user_id, role, generation, token_hash, previous_token_hash, password_change_required, origin,
                       created_at, refreshed_at, expires_at, version))

/// Wrong passwords, codes or tokens given for one account or from one address.
struct AttemptCounter {
  std::string id;  ///< keyed hash of what is counted
  std::int64_t attempts = 0;
  Timestamp last_attempt_at{};
  std::optional<Timestamp> locked_until;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(AttemptCounter, (), (id, attempts, last_attempt_at, locked_until, version))

/// A key that encrypts or hashes data at rest, itself encrypted with the master key.
struct DataKey {
  std::string id;
  std::string key_use;  ///< what it encrypts or hashes
  std::string sealed_key;
  Timestamp created_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(DataKey, (), (id, key_use, sealed_key, created_at, version))

/// A unique constraint or an index over fields; the name is the fields joined by commas.
struct Constraint {
  std::string_view fields;  ///< `system,value`
  bool unique = true;
};

/// Table name and constraints of a record type. Every record's primary key is `id`.
template <class Record>
struct Table;

template <>
struct Table<User> {
  static constexpr std::string_view name = "users";
  static constexpr std::array constraints{Constraint{"username_key"},    Constraint{"email_key"},
                                          Constraint{"phone_login_key"}, Constraint{"phone_key", false},
                                          Constraint{"patient_id"},      Constraint{"name_key", false}};
};
template <>
struct Table<Patient> {
  static constexpr std::string_view name = "patients";
  static constexpr std::array constraints{Constraint{"number"},
                                          Constraint{"email_key"},
                                          Constraint{"national_id_key"},
                                          Constraint{"phone_key", false},
                                          Constraint{"account_id", false},
                                          Constraint{"name_key", false},
                                          Constraint{"last_name_key", false}};
};
template <>
struct Table<ExternalIdentifier> {
  static constexpr std::string_view name = "external_identifiers";
  static constexpr std::array constraints{Constraint{"system,value"}, Constraint{"patient_id", false}};
};
template <>
struct Table<MedicalHistory> {
  static constexpr std::string_view name = "medical_histories";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<AuditEntry> {
  static constexpr std::string_view name = "audit_entries";
  static constexpr std::array constraints{Constraint{"patient_id", false}, Constraint{"actor_id", false}};
};
template <>
struct Table<Event> {
  static constexpr std::string_view name = "events";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<OutboxMessage> {
  static constexpr std::string_view name = "outbox_messages";
  static constexpr std::array constraints{Constraint{"status,due_at", false}, Constraint{"user_id", false}};
};
template <>
struct Table<NumberBlock> {
  static constexpr std::string_view name = "number_blocks";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<IdempotencyRecord> {
  static constexpr std::string_view name = "idempotency_records";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<SingleUseToken> {
  static constexpr std::string_view name = "single_use_tokens";
  static constexpr std::array constraints{Constraint{"token_hash"}, Constraint{"user_id", false}};
};

template <>
struct Table<AuditSeal> {
  static constexpr std::string_view name = "audit_seals";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<LoginSession> {
  static constexpr std::string_view name = "login_sessions";
  static constexpr std::array constraints{Constraint{"user_id", false}};
};
template <>
struct Table<AttemptCounter> {
  static constexpr std::string_view name = "attempt_counters";
  static constexpr std::array<Constraint, 0> constraints{};
};
template <>
struct Table<DataKey> {
  static constexpr std::string_view name = "data_keys";
  static constexpr std::array<Constraint, 0> constraints{};
};

/// Every record type, in the order in which they cross the plugin line.
using Records = boost::mp11::mp_list<User, Patient, ExternalIdentifier, MedicalHistory, AuditEntry, Event,
                                     OutboxMessage, NumberBlock, IdempotencyRecord, SingleUseToken, AuditSeal,
                                     LoginSession, AttemptCounter, DataKey>;

}  // namespace clinic
