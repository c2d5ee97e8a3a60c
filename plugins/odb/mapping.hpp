#pragma once

/// \file
/// How the records are kept in tables: ODB's pragmas, once for all databases. Written by `./dev schema` from what the
/// records declare (sdk/src/records): change those, and not this file.
///
/// - A text is VARCHAR with the data dictionary's limit, TEXT above 1000 and CLINIC_LONG_TEXT above 16000 code points.
/// - Integers and timestamps (milliseconds since 1970) are BIGINT. Dates are INTEGER, YYYYMMDD. Enums are their words.
///   Booleans are INTEGER, since PostgreSQL compares its own with nothing else.
/// - The indexes have the names <table>_<fields>_u (unique) or _i. MySQL indexes 3072 bytes at the most, 768
///   characters.
/// - `lock_count` is readonly: an update leaves it alone, and only `touch` moves it, so it never goes back.
///
/// What ODB does not know of, such as a view, is a schema version of its own, whose step is written by hand.

#include "optional_traits.hpp"

#include <odb/core.hxx>

#include "mapping_row.hpp"
#include "records/records.hpp"

#ifdef ODB_DATABASE_MYSQL
#define CLINIC_LONG_TEXT "MEDIUMTEXT"  // TEXT ends at 64 KiB there
#else
#define CLINIC_LONG_TEXT "TEXT"
#endif

// clang-format off

#pragma db model version(1, 9)

#pragma db value(bool) type("INTEGER")
#pragma db value(std::int64_t) type("BIGINT")
#pragma db value(clinic::Timestamp) type("BIGINT")
#pragma db value(clinic::Date) type("INTEGER")
#pragma db value(clinic::Json) type("TEXT")

#pragma db value(clinic::Gender) type("VARCHAR(20)")
#pragma db value(clinic::PlaceholderName) type("VARCHAR(20)")
#pragma db value(clinic::PatientKind) type("VARCHAR(20)")
#pragma db value(clinic::PatientStatus) type("VARCHAR(20)")
#pragma db value(clinic::Role) type("VARCHAR(20)")
#pragma db value(clinic::UserType) type("VARCHAR(20)")
#pragma db value(clinic::AuditOutcome) type("VARCHAR(20)")
#pragma db value(clinic::MessageChannel) type("VARCHAR(20)")
#pragma db value(clinic::MessageStatus) type("VARCHAR(20)")
#pragma db value(clinic::TokenPurpose) type("VARCHAR(20)")
#pragma db value(clinic::Delivery) type("VARCHAR(20)")
#pragma db value(clinic::AppointmentStatus) type("VARCHAR(20)")
#pragma db value(clinic::BookingSource) type("VARCHAR(20)")
#pragma db value(clinic::ContactPurpose) type("VARCHAR(20)")

#pragma db object(clinic::DataKey) table("data_keys") optimistic
#pragma db member(clinic::DataKey::id) id type("VARCHAR(64)")
#pragma db member(clinic::DataKey::key_use) type("VARCHAR(60)")
#pragma db member(clinic::DataKey::sealed_key) type("VARCHAR(255)")
#pragma db member(clinic::DataKey::version) version

#pragma db object(clinic::Patient) table("patients") optimistic
#pragma db member(clinic::Patient::id) id type("VARCHAR(64)")
#pragma db member(clinic::Patient::number) type("VARCHAR(40)")
#pragma db member(clinic::Patient::first_name) type("VARCHAR(100)")
#pragma db member(clinic::Patient::last_name) type("VARCHAR(100)")
#pragma db member(clinic::Patient::name_key) type("VARCHAR(420)")
#pragma db member(clinic::Patient::last_name_key) type("VARCHAR(210)")
#pragma db member(clinic::Patient::email) type("VARCHAR(254)")
#pragma db member(clinic::Patient::email_key) type("VARCHAR(254)")
#pragma db member(clinic::Patient::phone) type("VARCHAR(40)")
#pragma db member(clinic::Patient::phone_key) type("VARCHAR(20)")
#pragma db member(clinic::Patient::whatsapp) type("VARCHAR(40)")
#pragma db member(clinic::Patient::national_id) type("VARCHAR(64)")
#pragma db member(clinic::Patient::national_id_key) type("VARCHAR(64)")
#pragma db member(clinic::Patient::address) type("VARCHAR(500)")
#pragma db member(clinic::Patient::emergency_contact_name) type("VARCHAR(200)")
#pragma db member(clinic::Patient::emergency_contact_phone) type("VARCHAR(40)")
#pragma db member(clinic::Patient::insurance_provider) type("VARCHAR(200)")
#pragma db member(clinic::Patient::policy_number) type("VARCHAR(100)")
#pragma db member(clinic::Patient::allergies) type("TEXT")
#pragma db member(clinic::Patient::sealed_fields) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::Patient::account_id) type("VARCHAR(64)")
#pragma db member(clinic::Patient::merged_into) type("VARCHAR(64)")
#pragma db member(clinic::Patient::verified_by) type("VARCHAR(100)")
#pragma db member(clinic::Patient::created_by) type("VARCHAR(100)")
#pragma db member(clinic::Patient::lock_count) readonly
#pragma db member(clinic::Patient::version) version
#pragma db index(clinic::Patient::"patients_number_u") unique member(number)
#pragma db index(clinic::Patient::"patients_email_key_u") unique member(email_key)
#pragma db index(clinic::Patient::"patients_national_id_key_u") unique member(national_id_key)
#pragma db index(clinic::Patient::"patients_phone_key_i") member(phone_key)
#pragma db index(clinic::Patient::"patients_account_id_id_i") members(account_id, id)
#pragma db index(clinic::Patient::"patients_merged_into_i") member(merged_into)
#pragma db index(clinic::Patient::"patients_name_key_i") member(name_key)
#pragma db index(clinic::Patient::"patients_last_name_key_i") member(last_name_key)

#pragma db object(clinic::ExternalIdentifier) table("external_identifiers") optimistic
#pragma db member(clinic::ExternalIdentifier::id) id type("VARCHAR(64)")
#pragma db member(clinic::ExternalIdentifier::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::ExternalIdentifier::system) type("VARCHAR(200)")
#pragma db member(clinic::ExternalIdentifier::value) type("VARCHAR(200)")
#pragma db member(clinic::ExternalIdentifier::version) version
#pragma db index(clinic::ExternalIdentifier::"external_identifiers_system_value_u") unique members(system, value)
#pragma db index(clinic::ExternalIdentifier::"external_identifiers_patient_id_i") member(patient_id)

#pragma db object(clinic::MedicalHistory) table("medical_histories") optimistic
#pragma db member(clinic::MedicalHistory::id) id type("VARCHAR(64)")
#pragma db member(clinic::MedicalHistory::history) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::MedicalHistory::sealed_fields) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::MedicalHistory::updated_by) type("VARCHAR(100)")
#pragma db member(clinic::MedicalHistory::version) version

#pragma db object(clinic::PatientNote) table("patient_notes") optimistic
#pragma db member(clinic::PatientNote::id) id type("VARCHAR(64)")
#pragma db member(clinic::PatientNote::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::PatientNote::text) type("TEXT")
#pragma db member(clinic::PatientNote::sealed_fields) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::PatientNote::created_by) type("VARCHAR(100)")
#pragma db member(clinic::PatientNote::updated_by) type("VARCHAR(100)")
#pragma db member(clinic::PatientNote::version) version
#pragma db index(clinic::PatientNote::"patient_notes_patient_id_id_i") members(patient_id, id)

#pragma db object(clinic::User) table("users") optimistic
#pragma db member(clinic::User::id) id type("VARCHAR(64)")
#pragma db member(clinic::User::username) type("VARCHAR(254)")
#pragma db member(clinic::User::username_key) type("VARCHAR(254)")
#pragma db member(clinic::User::email) type("VARCHAR(254)")
#pragma db member(clinic::User::email_key) type("VARCHAR(254)")
#pragma db member(clinic::User::phone) type("VARCHAR(40)")
#pragma db member(clinic::User::phone_key) type("VARCHAR(20)")
#pragma db member(clinic::User::phone_login_key) type("VARCHAR(20)")
#pragma db member(clinic::User::password_hash) type("VARCHAR(255)")
#pragma db member(clinic::User::first_name) type("VARCHAR(100)")
#pragma db member(clinic::User::last_name) type("VARCHAR(100)")
#pragma db member(clinic::User::name_key) type("VARCHAR(420)")
#pragma db member(clinic::User::address) type("VARCHAR(500)")
#pragma db member(clinic::User::locale) type("VARCHAR(35)")
#pragma db member(clinic::User::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::User::lock_count) readonly
#pragma db member(clinic::User::version) version
#pragma db index(clinic::User::"users_username_key_u") unique member(username_key)
#pragma db index(clinic::User::"users_email_key_u") unique member(email_key)
#pragma db index(clinic::User::"users_phone_login_key_u") unique member(phone_login_key)
#pragma db index(clinic::User::"users_phone_key_i") member(phone_key)
#pragma db index(clinic::User::"users_patient_id_u") unique member(patient_id)
#pragma db index(clinic::User::"users_patient_id_id_i") members(patient_id, id)
#pragma db index(clinic::User::"users_name_key_i") member(name_key)

#pragma db object(clinic::AuditEntry) table("audit_entries")
#pragma db member(clinic::AuditEntry::id) id type("VARCHAR(64)")
#pragma db member(clinic::AuditEntry::actor_id) type("VARCHAR(64)")
#pragma db member(clinic::AuditEntry::actor_name) type("VARCHAR(100)")
#pragma db member(clinic::AuditEntry::actor_role) type("VARCHAR(40)")
#pragma db member(clinic::AuditEntry::action) type("VARCHAR(100)")
#pragma db member(clinic::AuditEntry::resource_type) type("VARCHAR(60)")
#pragma db member(clinic::AuditEntry::resource_id) type("VARCHAR(64)")
#pragma db member(clinic::AuditEntry::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::AuditEntry::error_code) type("VARCHAR(60)")
#pragma db member(clinic::AuditEntry::origin) type("VARCHAR(200)")
#pragma db member(clinic::AuditEntry::mac) type("VARCHAR(64)")
#pragma db index(clinic::AuditEntry::"audit_entries_patient_id_i") member(patient_id)
#pragma db index(clinic::AuditEntry::"audit_entries_actor_id_i") member(actor_id)

#pragma db object(clinic::Event) table("events")
#pragma db member(clinic::Event::id) id type("VARCHAR(64)")
#pragma db member(clinic::Event::type) type("VARCHAR(100)")
#pragma db member(clinic::Event::resource_id) type("VARCHAR(64)")
#pragma db index(clinic::Event::"events_position_id_i") members(position, id)

#pragma db object(clinic::OutboxMessage) table("outbox_messages") optimistic
#pragma db member(clinic::OutboxMessage::id) id type("VARCHAR(64)")
#pragma db member(clinic::OutboxMessage::message_template) type("VARCHAR(100)")
#pragma db member(clinic::OutboxMessage::locale) type("VARCHAR(35)")
#pragma db member(clinic::OutboxMessage::recipient) type("VARCHAR(254)")
#pragma db member(clinic::OutboxMessage::sealed_secret) type("TEXT")
#pragma db member(clinic::OutboxMessage::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::OutboxMessage::user_id) type("VARCHAR(64)")
#pragma db member(clinic::OutboxMessage::failure) type("VARCHAR(100)")
#pragma db member(clinic::OutboxMessage::gateway_id) type("VARCHAR(191)")
#pragma db member(clinic::OutboxMessage::version) version
#pragma db index(clinic::OutboxMessage::"outbox_messages_channel_status_due_at_i") members(channel, status, due_at)
#pragma db index(clinic::OutboxMessage::"outbox_messages_user_id_i") member(user_id)
#pragma db index(clinic::OutboxMessage::"outbox_messages_patient_id_i") member(patient_id)
#pragma db index(clinic::OutboxMessage::"outbox_messages_gateway_id_i") member(gateway_id)

#pragma db object(clinic::NumberBlock) table("number_blocks") optimistic
#pragma db member(clinic::NumberBlock::id) id type("VARCHAR(64)")
#pragma db member(clinic::NumberBlock::lock_count) readonly
#pragma db member(clinic::NumberBlock::version) version

#pragma db object(clinic::IdempotencyRecord) table("idempotency_records")
#pragma db member(clinic::IdempotencyRecord::id) id type("VARCHAR(64)")
#pragma db member(clinic::IdempotencyRecord::operation) type("VARCHAR(100)")
#pragma db member(clinic::IdempotencyRecord::request_hash) type("VARCHAR(64)")
#pragma db member(clinic::IdempotencyRecord::sealed_response) type(CLINIC_LONG_TEXT)

#pragma db object(clinic::SingleUseToken) table("single_use_tokens") optimistic
#pragma db member(clinic::SingleUseToken::id) id type("VARCHAR(64)")
#pragma db member(clinic::SingleUseToken::user_id) type("VARCHAR(64)")
#pragma db member(clinic::SingleUseToken::token_hash) type("VARCHAR(64)")
#pragma db member(clinic::SingleUseToken::version) version
#pragma db index(clinic::SingleUseToken::"single_use_tokens_token_hash_u") unique member(token_hash)
#pragma db index(clinic::SingleUseToken::"single_use_tokens_user_id_i") member(user_id)

#pragma db object(clinic::AuditSeal) table("audit_seals")
#pragma db member(clinic::AuditSeal::id) id type("VARCHAR(64)")
#pragma db member(clinic::AuditSeal::entry_ids) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::AuditSeal::mac) type("VARCHAR(64)")

#pragma db object(clinic::LoginSession) table("login_sessions") optimistic
#pragma db member(clinic::LoginSession::id) id type("VARCHAR(64)")
#pragma db member(clinic::LoginSession::user_id) type("VARCHAR(64)")
#pragma db member(clinic::LoginSession::token_hash) type("VARCHAR(64)")
#pragma db member(clinic::LoginSession::previous_token_hash) type("VARCHAR(64)")
#pragma db member(clinic::LoginSession::origin) type("VARCHAR(200)")
#pragma db member(clinic::LoginSession::version) version
#pragma db index(clinic::LoginSession::"login_sessions_user_id_i") member(user_id)

#pragma db object(clinic::AttemptCounter) table("attempt_counters") optimistic
#pragma db member(clinic::AttemptCounter::id) id type("VARCHAR(64)")
#pragma db member(clinic::AttemptCounter::version) version

#pragma db object(clinic::DeliveryReceipt) table("delivery_receipts") optimistic
#pragma db member(clinic::DeliveryReceipt::id) id type("VARCHAR(64)")
#pragma db member(clinic::DeliveryReceipt::gateway_id) type("VARCHAR(191)")
#pragma db member(clinic::DeliveryReceipt::message_id) type("VARCHAR(64)")
#pragma db member(clinic::DeliveryReceipt::failure) type("VARCHAR(100)")
#pragma db member(clinic::DeliveryReceipt::version) version
#pragma db index(clinic::DeliveryReceipt::"delivery_receipts_channel_gateway_id_u") unique members(channel, gateway_id)
#pragma db index(clinic::DeliveryReceipt::"delivery_receipts_message_id_i") member(message_id)

#pragma db object(clinic::MessagePreference) table("message_preferences") optimistic
#pragma db member(clinic::MessagePreference::id) id type("VARCHAR(64)")
#pragma db member(clinic::MessagePreference::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::MessagePreference::updated_by) type("VARCHAR(100)")
#pragma db member(clinic::MessagePreference::version) version
#pragma db index(clinic::MessagePreference::"message_preferences_patient_id_channel_u") unique members(patient_id, channel)

#pragma db object(clinic::Appointment) table("appointments") optimistic
#pragma db member(clinic::Appointment::id) id type("VARCHAR(64)")
#pragma db member(clinic::Appointment::patient_id) type("VARCHAR(64)")
#pragma db member(clinic::Appointment::doctor) type("VARCHAR(200)")
#pragma db member(clinic::Appointment::department) type("VARCHAR(200)")
#pragma db member(clinic::Appointment::comment) type("VARCHAR(1000)")
#pragma db member(clinic::Appointment::sealed_fields) type(CLINIC_LONG_TEXT)
#pragma db member(clinic::Appointment::created_by) type("VARCHAR(100)")
#pragma db member(clinic::Appointment::version) version
#pragma db index(clinic::Appointment::"appointments_patient_id_id_i") members(patient_id, id)
#pragma db index(clinic::Appointment::"appointments_starts_at_i") member(starts_at)

#pragma db object(clinic::ContactVerification) table("contact_verifications") optimistic
#pragma db member(clinic::ContactVerification::id) id type("VARCHAR(64)")
#pragma db member(clinic::ContactVerification::contact) type("VARCHAR(254)")
#pragma db member(clinic::ContactVerification::contact_key) type("VARCHAR(254)")
#pragma db member(clinic::ContactVerification::user_id) type("VARCHAR(64)")
#pragma db member(clinic::ContactVerification::token_hash) type("VARCHAR(64)")
#pragma db member(clinic::ContactVerification::code_hash) type("VARCHAR(64)")
#pragma db member(clinic::ContactVerification::locale) type("VARCHAR(35)")
#pragma db member(clinic::ContactVerification::proof_hash) type("VARCHAR(64)")
#pragma db member(clinic::ContactVerification::version) version
#pragma db index(clinic::ContactVerification::"contact_verifications_token_hash_u") unique member(token_hash)
#pragma db index(clinic::ContactVerification::"contact_verifications_proof_hash_i") member(proof_hash)
#pragma db index(clinic::ContactVerification::"contact_verifications_user_id_i") member(user_id)
