#pragma once

/// \file
/// The policy: what a clinic may decide for itself. A profile is a JSON file with these keys. `sdk/profiles` holds the
/// profiles of the SDK.

#include <clinic/field_rule.hpp>
#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// The keys by which an existing person is recognised. Names and birth dates are no keys, since they are no evidence
/// (SYNC-9).
enum class MatchKey { email, phone, national_id };
BOOST_DESCRIBE_ENUM(MatchKey, email, phone, national_id)

/// What happens when a key matches an existing person: `reject` refuses the request as a duplicate, `offer` refuses it
/// and names the record to link on purpose, `link` links.
enum class OnMatch { reject, offer, link };
BOOST_DESCRIBE_ENUM(OnMatch, reject, offer, link)

/// How the first credentials of a portal account reach the patient.
enum class CredentialDelivery { response, message, invitation };
BOOST_DESCRIBE_ENUM(CredentialDelivery, response, message, invitation)

/// Which contact a patient must have.
enum class RequiredContact { none, any, email, phone };
BOOST_DESCRIBE_ENUM(RequiredContact, none, any, email, phone)

/// Which name is kept when patient and account differ: the latest change on either side, or the account's.
enum class NameSurvivorship { latest, account };
BOOST_DESCRIBE_ENUM(NameSurvivorship, latest, account)

/// Which accounts may see the medical data of their patients: any account, or only one that was proven to be the
/// person's.
enum class PortalMedicalAccess { any_account, proven_person };
BOOST_DESCRIBE_ENUM(PortalMedicalAccess, any_account, proven_person)

/// Another name for a field or a word, as a document writes it.
struct Alias {
  std::string alias{};
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Alias, (), (alias, name))

/// How often one caller may call an operation: `calls` at once. The allowance grows back evenly within `seconds`.
struct RateLimit {
  std::string operation{};
  std::int64_t calls = 0;
  std::int64_t seconds = 60;
};
BOOST_DESCRIBE_STRUCT(RateLimit, (), (operation, calls, seconds))

/// Who is whom, and what a patient's record must have.
struct IdentityPolicy {
  std::vector<MatchKey> match_keys{MatchKey::email};
  OnMatch on_match = OnMatch::offer;
  RequiredContact required_contact = RequiredContact::none;
  bool strict_phone = false;
  NameSurvivorship name_survivorship = NameSurvivorship::latest;
  std::string number_pattern = "P{year}{seq:3}";
  std::optional<Date> default_birth_date{};
};
BOOST_DESCRIBE_STRUCT(IdentityPolicy, (),
                      (match_keys, on_match, required_contact, strict_phone, name_survivorship, number_pattern,
                       default_birth_date))

/// How people log in.
struct CredentialPolicy {
  CredentialDelivery credential_delivery = CredentialDelivery::response;
  std::int64_t temporary_password_length = 12;
  std::int64_t temporary_password_hours = 24;
  std::int64_t invitation_hours = 72;
  std::int64_t password_min_length = 8;
  std::int64_t password_hash_cost = 12;
  std::int64_t hash_wait_seconds = 10;
  std::int64_t password_reset_minutes = 60;
  std::int64_t access_token_minutes = 15;
  std::int64_t refresh_token_days = 30;
  std::int64_t refresh_grace_seconds = 10;
  std::int64_t clock_skew_seconds = 30;
  std::int64_t attempts_per_account = 5;
  std::int64_t attempts_per_address = 50;
  std::int64_t attempt_lock_minutes = 15;
};
BOOST_DESCRIBE_STRUCT(CredentialPolicy, (),
                      (credential_delivery, temporary_password_length, temporary_password_hours, invitation_hours,
                       password_min_length, password_hash_cost, hash_wait_seconds, password_reset_minutes,
                       access_token_minutes, refresh_token_days, refresh_grace_seconds, clock_skew_seconds,
                       attempts_per_account, attempts_per_address, attempt_lock_minutes))

/// Who may register without the clinic's staff, and what a proven contact opens.
struct RegistrationPolicy {
  bool self_registration = false;
  std::vector<MessageChannel> registration_channels{};
  bool tell_registered = false;
  std::int64_t code_minutes = 15;
  std::int64_t code_resend_seconds = 60;
  std::int64_t code_attempts = 5;
  std::int64_t proof_minutes = 30;
  std::int64_t phone_claim_days = 180;
  bool household = false;
};
BOOST_DESCRIBE_STRUCT(RegistrationPolicy, (),
                      (self_registration, registration_channels, tell_registered, code_minutes, code_resend_seconds,
                       code_attempts, proof_minutes, phone_claim_days, household))

/// Who reads what, and what is written down of it.
struct PrivacyPolicy {
  bool audit_reads = false;
  std::int64_t audit_seal_seconds = 10;
  bool encrypt_medical_fields = false;
  PortalMedicalAccess portal_medical_access = PortalMedicalAccess::proven_person;
  bool portal_notes = false;
};
BOOST_DESCRIBE_STRUCT(PrivacyPolicy, (),
                      (audit_reads, audit_seal_seconds, encrypt_medical_fields, portal_medical_access, portal_notes))

/// What goes out to people.
struct MessagePolicy {
  std::string login_url = "/patient-portal/login";
  std::optional<std::string> portal_address{};
  std::string clinic_name = "the clinic";
  std::int64_t dispatch_seconds = 5;
  std::int64_t message_attempts = 12;
  std::int64_t message_retry_seconds = 30;
  std::int64_t message_hours = 48;
  std::vector<MessageChannel> resend_unknown{MessageChannel::email};
  std::int64_t sms_parts = 4;
  std::optional<std::string> quiet_hours{};
  std::int64_t message_days = 365;
  std::int64_t event_days = 90;
};
BOOST_DESCRIBE_STRUCT(MessagePolicy, (),
                      (login_url, portal_address, clinic_name, dispatch_seconds, message_attempts,
                       message_retry_seconds, message_hours, resend_unknown, sms_parts, quiet_hours, message_days,
                       event_days))

struct Policy : IdentityPolicy, CredentialPolicy, RegistrationPolicy, PrivacyPolicy, MessagePolicy {
  std::optional<std::string> summary{};
  std::int64_t idempotency_days = 30;
  std::vector<RateLimit> rate_limits{};
  std::string locale = "en";
  std::string time_zone = "UTC";
  std::string default_region = "ZZ";
  std::int64_t duplicate_status = 409;
  std::vector<Alias> field_aliases{};
  std::vector<Alias> word_aliases{};
  std::optional<std::string> whole_name_alias{};
  std::vector<Alias> answer_aliases{};
  std::vector<Alias> route_aliases{};
  bool error_is_code = false;
};
BOOST_DESCRIBE_STRUCT(Policy, (IdentityPolicy, CredentialPolicy, RegistrationPolicy, PrivacyPolicy, MessagePolicy),
                      (summary, idempotency_days, rate_limits, locale, time_zone, default_region, duplicate_status,
                       field_aliases, word_aliases, whole_name_alias, answer_aliases, route_aliases, error_is_code))

template <>
struct FieldRules<Alias> {
  static constexpr std::array rules{
      FieldRule{"alias", "The other name", Format::line, 100},
      FieldRule{"name", "The canonical name", Format::line, 100},
  };
};

template <>
struct FieldRules<RateLimit> {
  static constexpr std::array rules{
      FieldRule{"operation", "Which calls are counted together: an operation, all of a group (`auth.*`), or all (`*`)",
                Format::line, 100},
      FieldRule{"calls", "Calls that one caller may make at once", Format::none, 0, Exposure::open, 1, 1000000},
      FieldRule{"seconds", "Seconds in which as many grow back", Format::none, 0, Exposure::open, 1, 86400},
  };
};

template <>
struct FieldRules<Policy> {
  static constexpr std::array rules{
      FieldRule{"summary", "What the profile is for, in a sentence", Format::line, 300},
      FieldRule{"match_keys", "By what an existing person is recognised, in this order"},
      FieldRule{"on_match",
                "What happens when a key matches an existing person: reject refuses the request as a duplicate, offer "
                "refuses it and names the record to link on purpose, link links"},
      FieldRule{"required_contact", "Which contact a patient must have"},
      FieldRule{"strict_phone", "Refuse phone numbers that are not valid in the default region"},
      FieldRule{"name_survivorship", "Whose name stands when patient and account differ"},
      FieldRule{
          "number_pattern",
          "How patient numbers look: text, {year} in the clinic's time zone (the sequence restarts), {seq:N} padded to "
          "N digits, {check} a Luhn mod 36 check character",
          Format::line, 30},
      FieldRule{"credential_delivery", "How the first credentials reach the patient"},
      FieldRule{"temporary_password_length", "Characters of a generated password", Format::none, 0, Exposure::open, 8,
                64},
      FieldRule{"temporary_password_hours", "Hours until a temporary password ends", Format::none, 0, Exposure::open, 1,
                8760},
      FieldRule{"invitation_hours", "Hours until an invitation ends", Format::none, 0, Exposure::open, 1, 8760},
      FieldRule{"password_min_length", "Least length of a password in characters (NIST SP 800-63B)", Format::none, 0,
                Exposure::open, 8, 64},
      FieldRule{"password_hash_cost", "bcrypt cost, the logarithm of its rounds; below 10 only for tests", Format::none,
                0, Exposure::open, 4, 16},
      FieldRule{"hash_wait_seconds",
                "Seconds that a call may have to wait for its turn to hash a password; where it would be longer, it is "
                "refused as `busy`",
                Format::none, 0, Exposure::open, 1, 300},
      FieldRule{"password_reset_minutes", "Minutes until the link of a password reset ends", Format::none, 0,
                Exposure::open, 1, 1440},
      FieldRule{"access_token_minutes", "Minutes until an access token ends", Format::none, 0, Exposure::open, 1, 1440},
      FieldRule{"refresh_token_days", "Days until a refresh token that nobody exchanges ends", Format::none, 0,
                Exposure::open, 1, 365},
      FieldRule{"refresh_grace_seconds",
                "Seconds in which a refresh token that was just exchanged answers the same tokens again, for two tabs "
                "at once; later it ends the login",
                Format::none, 0, Exposure::open, 0, 60},
      FieldRule{"clock_skew_seconds", "By how many seconds the clocks of hosts may differ", Format::none, 0,
                Exposure::open, 0, 300},
      FieldRule{"attempts_per_account", "Wrong passwords in a row before an account is locked for a while",
                Format::none, 0, Exposure::open, 3, 100},
      FieldRule{"attempts_per_address", "Wrong passwords from one address before it is locked out for a while",
                Format::none, 0, Exposure::open, 3, 10000},
      FieldRule{"attempt_lock_minutes",
                "Minutes of the first lock; each further wrong password doubles it, up to a day", Format::none, 0,
                Exposure::open, 1, 1440},
      FieldRule{"idempotency_days",
                "Days for which an idempotency key answers at the least; then system.clean_up removes it", Format::none,
                0, Exposure::open, 1, 3650},
      FieldRule{"rate_limits", "How often one caller may call what; the host's own system actors are not counted"},
      FieldRule{"self_registration",
                "Whether anybody may register as a patient (auth.register); its errors tell who is registered"},
      FieldRule{"registration_channels",
                "By which contacts anybody may register who proves them by a code (auth.start_registration)"},
      FieldRule{"tell_registered",
                "Whether a registration with a contact that has an account is refused at once; it tells strangers who "
                "is registered"},
      FieldRule{"code_minutes", "Minutes until a code ends that proves a contact", Format::none, 0, Exposure::open, 1,
                60},
      FieldRule{"code_resend_seconds", "Seconds before another code is sent", Format::none, 0, Exposure::open, 0, 3600},
      FieldRule{"code_attempts", "Wrong codes for one contact before it is locked for a while", Format::none, 0,
                Exposure::open, 1, 10},
      FieldRule{"proof_minutes", "Minutes in which a proven contact may be used", Format::none, 0, Exposure::open, 1,
                1440},
      FieldRule{"phone_claim_days",
                "Days after which a proven phone no longer opens what was booked with it, since numbers are given to "
                "other people",
                Format::none, 0, Exposure::open, 1, 3650},
      FieldRule{"household",
                "Whether several people may share a phone or an email under one guardian's account, as people of "
                "their own"},
      FieldRule{"audit_reads", "Whether reading a patient's data is audited too"},
      FieldRule{"audit_seal_seconds", "Seconds between two seals of the audit; 0: only when audit.seal is called",
                Format::none, 0, Exposure::open, 0, 86400},
      FieldRule{"encrypt_medical_fields",
                "Whether national ID, policy number, allergies, medical history and notes are encrypted at rest"},
      FieldRule{"portal_notes", "Whether patients read the notes of doctors and nurses about them"},
      FieldRule{"portal_medical_access",
                "Whose account opens the medical data of its patients: any, or one proven to be the person's"},
      FieldRule{"default_birth_date",
                "Birth date of a patient made from a user that has none; a placeholder, never evidence"},
      FieldRule{"login_url", "Where patients log in: a path such as /login, or an http(s) address", Format::line, 500},
      FieldRule{"portal_address",
                "Address of the portal, https://portal.example, without user, query or fragment; it stands before a "
                "login_url that is a path",
                Format::line, 300},
      FieldRule{"clinic_name", "What messages call the clinic", Format::line, 100},
      FieldRule{"dispatch_seconds",
                "Seconds between two looks for due messages; 0: only when notifications.dispatch is called",
                Format::none, 0, Exposure::open, 0, 3600},
      FieldRule{"message_attempts", "How often a message is tried before it is given up", Format::none, 0,
                Exposure::open, 1, 100},
      FieldRule{"message_retry_seconds",
                "Seconds before the second try; each further wait is twice as long, up to 6 hours", Format::none, 0,
                Exposure::open, 1, 3600},
      FieldRule{"message_hours",
                "Hours after which a message is given up that was due and that nobody sent, as after a restore",
                Format::none, 0, Exposure::open, 1, 8760},
      FieldRule{"resend_unknown",
                "Over which channels a message is sent again of which nobody knows whether it arrived"},
      FieldRule{"sms_parts", "Most parts of an SMS; a longer one is not sent", Format::none, 0, Exposure::open, 1, 10},
      FieldRule{"quiet_hours", "When no message goes out that can wait, 22:00-07:00 in the clinic's time zone",
                Format::line, 11},
      FieldRule{"message_days", "Days for which messages are kept after their end", Format::none, 0, Exposure::open, 1,
                36500},
      FieldRule{"event_days", "Days for which events are kept for subscribers", Format::none, 0, Exposure::open, 1,
                36500},
      FieldRule{"locale", "Language of messages where the person has none, a BCP 47 tag", Format::token, 35},
      FieldRule{"time_zone", "The clinic's time zone, an IANA name", Format::line, 60},
      FieldRule{"default_region", "Region of phone numbers without country code, ISO 3166 alpha-2; ZZ: none",
                Format::token, 2},
      FieldRule{"duplicate_status", "HTTP status of duplicates", Format::none, 0, Exposure::open, 400, 409},
      FieldRule{"field_aliases", "Other names that requests may use for fields"},
      FieldRule{"word_aliases", "Other words that requests may use for enum words"},
      FieldRule{"whole_name_alias",
                "Field in which requests over HTTP may give first_name and last_name as one text; the last word is the "
                "last name",
                Format::line, 100},
      FieldRule{"answer_aliases", "Other names under which answers over HTTP have fields as well"},
      FieldRule{
          "route_aliases",
          "Routes over HTTP that are another operation's: the alias is a method and a path (POST /auth/register), "
          "the name an operation"},
      FieldRule{"error_is_code", "Whether `error` of an answer over HTTP is the code, and `message` the sentence"},
  };
};

}  // namespace clinic
