#pragma once

/// \file
/// Every record type. A new one has a header of its own in this folder, and a place in this list.

#include "records/appointment.hpp"
#include "records/attempt_counter.hpp"
#include "records/audit_entry.hpp"
#include "records/audit_seal.hpp"
#include "records/contact_verification.hpp"
#include "records/data_key.hpp"
#include "records/delivery_receipt.hpp"
#include "records/event.hpp"
#include "records/external_identifier.hpp"
#include "records/idempotency_record.hpp"
#include "records/login_session.hpp"
#include "records/medical_history.hpp"
#include "records/message_preference.hpp"
#include "records/number_block.hpp"
#include "records/outbox_message.hpp"
#include "records/patient.hpp"
#include "records/patient_note.hpp"
#include "records/single_use_token.hpp"
#include "records/user.hpp"

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>

namespace clinic {

/// The version of the database schema that these records need. Raised with every change to a record; then `./dev
/// schema` writes the mapping and the step to it for every database.
inline constexpr std::uint32_t schema_version = 9;

/// In the order in which they cross the plugin line and stand in backups. The data key comes first: it tells whether
/// the key of a backup is the right one, and two who fill one database at once meet there before they have written
/// anything else.
using Records =
    boost::mp11::mp_list<DataKey, Patient, ExternalIdentifier, MedicalHistory, PatientNote, User, AuditEntry, Event,
                         OutboxMessage, NumberBlock, IdempotencyRecord, SingleUseToken, AuditSeal, LoginSession,
                         AttemptCounter, DeliveryReceipt, MessagePreference, Appointment, ContactVerification>;

/// The index of a record type in the list.
template <class Record>
inline constexpr std::uint32_t record_index = [] {
  static_assert(boost::mp11::mp_contains<Records, Record>::value,
                "this record type has no place in `Records` (sdk/src/records/records.hpp)");
  return static_cast<std::uint32_t>(boost::mp11::mp_find<Records, Record>::value);
}();

}  // namespace clinic
