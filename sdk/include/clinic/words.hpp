#pragma once

/// \file
/// The enums of the model. Their enumerators are the words that JSON, storage and every binding use.

#include <boost/describe/enum.hpp>

namespace clinic {

enum class Role { superadmin, admin, doctor, nurse, receptionist, cashier, technician, patient };
BOOST_DESCRIBE_ENUM(Role, superadmin, admin, doctor, nurse, receptionist, cashier, technician, patient)

enum class UserType { staff, patient };
BOOST_DESCRIBE_ENUM(UserType, staff, patient)

/// FHIR administrative-gender.
enum class Gender { male, female, other, unknown };
BOOST_DESCRIBE_ENUM(Gender, male, female, other, unknown)

/// How the patient first came in: at the desk, through the web, or through the phone line.
enum class PatientKind { walk_in, web, ivr };
BOOST_DESCRIBE_ENUM(PatientKind, walk_in, web, ivr)

/// `merged`: a tombstone that resolves to the surviving record.
enum class PatientStatus { active, inactive, suspended, merged };
BOOST_DESCRIBE_ENUM(PatientStatus, active, inactive, suspended, merged)

/// Why a patient has no name yet: a booking by telephone, a registration that gave none, or a person who could not say
/// it.
enum class PlaceholderName { phone_booking, new_patient, unidentified };
BOOST_DESCRIBE_ENUM(PlaceholderName, phone_booking, new_patient, unidentified)

enum class AppointmentStatus { scheduled, completed, cancelled, no_show };
BOOST_DESCRIBE_ENUM(AppointmentStatus, scheduled, completed, cancelled, no_show)

/// Through which door an appointment was booked.
enum class BookingSource { desk, web, ivr };
BOOST_DESCRIBE_ENUM(BookingSource, desk, web, ivr)

/// What a contact is proven for: to register, or for the account of somebody who is logged in.
enum class ContactPurpose { registration, own_contact };
BOOST_DESCRIBE_ENUM(ContactPurpose, registration, own_contact)

/// What became of an audited attempt: done, refused by a rule, or failed for a technical reason.
enum class AuditOutcome { done, refused, failed };
BOOST_DESCRIBE_ENUM(AuditOutcome, done, refused, failed)

enum class MessageChannel { email, sms };
BOOST_DESCRIBE_ENUM(MessageChannel, email, sms)

enum class MessageStatus {
  pending,      ///< waits for its time, or for the next try
  sending,      ///< a dispatcher has it
  unknown,      ///< handed over, and no answer came: it may have arrived
  sent,         ///< the server or gateway took it
  delivered,    ///< a receipt says that it arrived
  undelivered,  ///< a receipt says that it will not arrive
  dead,         ///< given up: refused for good, or tried as often as is allowed
  cancelled     ///< not sent on purpose
};
BOOST_DESCRIBE_ENUM(MessageStatus, pending, sending, unknown, sent, delivered, undelivered, dead, cancelled)

/// What a gateway tells about a message that it took.
enum class Delivery { on_its_way, delivered, failed };
BOOST_DESCRIBE_ENUM(Delivery, on_its_way, delivered, failed)

/// What a single-use token is good for; a token of one purpose never serves another.
enum class TokenPurpose { invitation, password_reset };
BOOST_DESCRIBE_ENUM(TokenPurpose, invitation, password_reset)

}  // namespace clinic
