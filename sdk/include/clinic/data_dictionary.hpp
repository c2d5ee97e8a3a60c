#pragma once

/// \file
/// The data dictionary: what each field name means, its limits and its format, wherever the name appears.
///
/// A described struct whose member has no entry here does not compile. So every field has a limit and a help line. Only
/// sources that make descriptions include this file, so a new entry does not recompile everything.

#include <clinic/field_rule.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace clinic {

inline constexpr std::array data_dictionary = {
    // identity of records
    FieldRule{"id", "Identifier of the record", Format::id, 64},
    FieldRule{"version", "Version of the record, for optimistic updates", Format::none, 0, Exposure::open, 0},
    FieldRule{"lock_count", "Bumped to lock the row by writing", Format::none, 0, Exposure::internal},
    FieldRule{"created_at", "When the record was made (UTC)"},
    FieldRule{"updated_at", "When the record last changed (UTC)"},
    FieldRule{"created_by", "Who made the record: a user's id or a system actor's name", Format::actor, 100},
    FieldRule{"updated_by", "Who changed the record last: a user's id or a system actor's name", Format::actor, 100},
    // people
    FieldRule{"first_name", "Given name", Format::name, 100, Exposure::personal},
    FieldRule{"last_name", "Family name", Format::name, 100, Exposure::personal},
    FieldRule{"name_key", "Names folded for search", Format::line, 420, Exposure::internal},
    FieldRule{"last_name_key", "Family name folded for search", Format::line, 210, Exposure::internal},
    FieldRule{"email", "Email address, kept as typed, compared without regard to case", Format::email, 254,
              Exposure::personal},
    FieldRule{"email_key", "Email in normal form", Format::line, 254, Exposure::internal},
    FieldRule{"phone", "Phone number, kept as typed, compared in E.164 form", Format::phone, 40, Exposure::personal},
    FieldRule{"phone_key", "Phone in E.164 form", Format::line, 20, Exposure::internal},
    FieldRule{"phone_login_key", "Phone as a key of the account", Format::line, 20, Exposure::internal},
    FieldRule{"whatsapp", "WhatsApp number", Format::phone, 40, Exposure::personal},
    FieldRule{"birth_date", "Date of birth, YYYY-MM-DD", Format::none, 0, Exposure::personal},
    FieldRule{"age_years", "Age as stated, where the birth date is unknown", Format::none, 0, Exposure::personal, 0,
              150},
    FieldRule{"age_stated_on", "The day on which the stated age was true", Format::none, 0, Exposure::personal},
    FieldRule{"age", "Age in whole years today, from the birth date or the stated age", Format::none, 0,
              Exposure::personal},
    FieldRule{"gender", "Administrative gender", Format::none, 0, Exposure::personal},
    FieldRule{"national_id", "National identity number", Format::line, 64, Exposure::medical},
    FieldRule{"national_id_key", "National identity number in normal form", Format::line, 64, Exposure::internal},
    FieldRule{"address", "Postal address", Format::multiline, 500, Exposure::personal},
    FieldRule{"emergency_contact_name", "Whom to call in an emergency", Format::name, 200, Exposure::personal},
    FieldRule{"emergency_contact_phone", "Phone of the emergency contact", Format::phone, 40, Exposure::personal},
    FieldRule{"insurance_provider", "Insurance company", Format::line, 200, Exposure::personal},
    FieldRule{"policy_number", "Insurance policy number", Format::line, 100, Exposure::medical},
    FieldRule{"allergies", "Known allergies", Format::multiline, 4000, Exposure::medical},
    FieldRule{"history", "Medical history", Format::multiline, 65536, Exposure::medical},
    FieldRule{"medical_history", "Medical history", Format::multiline, 65536, Exposure::medical},
    FieldRule{"locale", "Language of messages, a BCP 47 tag: en, ar, id", Format::token, 35},
    // patients
    FieldRule{"number", "The patient's human number, P2026001", Format::token, 40},
    FieldRule{"patient", "A patient's id or number", Format::token, 64},
    FieldRule{"patient_id", "Id of the patient", Format::id, 64},
    FieldRule{"patient_number", "The patient's human number", Format::token, 40},
    FieldRule{"kind", "How the patient first came in"},
    FieldRule{"status", "State of the record"},
    FieldRule{"account_id", "Id of the user on whose account the patient is", Format::id, 64},
    FieldRule{"visit_count", "Number of visits", Format::none, 0, Exposure::open, 0},
    FieldRule{"last_visit_at", "Time of the last visit"},
    FieldRule{"balance_minor", "Account balance in minor units of the clinic's currency", Format::none, 0,
              Exposure::personal},
    FieldRule{"verified_at", "When staff saw a document that proves the identity"},
    FieldRule{"verified_by", "Who saw the document", Format::actor, 100},
    FieldRule{"contacts_vouched_at", "Since when clinical staff vouches for the contacts", Format::none, 0,
              Exposure::internal},
    FieldRule{"account_proven_at", "When the account was proven to be this person's; none: medical data may be closed"},
    FieldRule{"verified", "Whether staff has seen a document"},
    FieldRule{"medical_fields_damaged",
              "Whether the encrypted fields cannot be read: then national ID, policy number and allergies are missing"},
    FieldRule{"portal_enabled", "Whether the patient has a portal account"},
    FieldRule{"system", "Who gave the identifier: a URI or a short name", Format::name, 200},
    FieldRule{"value", "The identifier as that system writes it", Format::name, 200, Exposure::personal},
    FieldRule{"identifiers", "Identifiers that other systems gave to the patient"},
    // registration with a portal account
    FieldRule{"create_portal_account", "Whether to make a portal account as well"},
    FieldRule{"portal_email", "Email of the portal account", Format::email, 254, Exposure::personal},
    FieldRule{"portal_phone", "Phone of the portal account", Format::phone, 40, Exposure::personal},
    FieldRule{"portal_created", "Whether a portal account was made"},
    FieldRule{"portal_credentials", "What the patient needs to log in; shown this once"},
    FieldRule{"temporary_password", "Password for the first login", Format::password, 72, Exposure::secret},
    FieldRule{"login_url", "Where to log in", Format::line, 500},
    FieldRule{"delivery", "How the credentials reach the patient"},
    FieldRule{"success", "Always true in an answer; false in an error"},
    FieldRule{"message", "A line for the person at the desk", Format::line, 500},
    // users
    FieldRule{"user", "A user's id", Format::id, 64},
    FieldRule{"user_id", "Id of the user", Format::id, 64},
    FieldRule{"username", "Name to log in with", Format::name, 254, Exposure::personal},
    FieldRule{"username_key", "Username in normal form", Format::line, 254, Exposure::internal},
    FieldRule{"password", "Password", Format::password, 72, Exposure::secret},
    FieldRule{"password_hash", "Password hash in crypt(3) format", Format::line, 255, Exposure::internal},
    FieldRule{"password_change_required", "Whether the password must be changed at the next login"},
    FieldRule{"password_expires_at", "When a temporary password ends"},
    FieldRule{"role", "Role, which decides what the user may do"},
    FieldRule{"user_type", "Staff or patient"},
    FieldRule{"superadmin", "Whether the user may do everything"},
    FieldRule{"active", "Whether the user may log in"},
    FieldRule{"email_verified_at", "When the email was proven"},
    FieldRule{"phone_verified_at", "When the phone was proven"},
    FieldRule{"claimed_at", "First login or proof of a contact"},
    FieldRule{"last_login_at", "Last login"},
    FieldRule{"failed_logins", "Wrong passwords since the last login", Format::none, 0, Exposure::open, 0},
    FieldRule{"locked_until", "Until when logins are refused"},
    FieldRule{"link_patient", "An existing patient (id or number) to link instead of making one", Format::token, 64},
    // authentication
    FieldRule{"login", "Email, phone number, username or patient number", Format::typed, 254, Exposure::personal},
    FieldRule{"current_password", "The password up to now", Format::password, 72, Exposure::secret},
    FieldRule{"new_password", "The password from now on", Format::password, 72, Exposure::secret},
    FieldRule{"access_token", "Token for calls, a JWT (RFC 7519)", Format::line, 8192, Exposure::secret},
    FieldRule{"refresh_token", "Token to exchange for new ones, once", Format::line, 512, Exposure::secret},
    FieldRule{"token_type", "How the access token is sent: Bearer (RFC 6750)", Format::token, 20},
    FieldRule{"expires_in", "Seconds until the access token ends", Format::none, 0, Exposure::open, 0},
    FieldRule{"refresh_expires_at", "When the refresh token ends"},
    FieldRule{"token", "The token of the link", Format::token, 128, Exposure::secret},
    FieldRule{"imported_hash", "Password hash from elsewhere: crypt(3) format or Django's pbkdf2_sha256", Format::line,
              255, Exposure::secret},
    FieldRule{"users", "The users"},
    FieldRule{"users_created", "How many users were made"},
    FieldRule{"users_known", "How many were there already"},
    FieldRule{"index", "Position in the request, from 0", Format::none, 0, Exposure::open, 0},
    FieldRule{"sessions_ended", "How many logins were ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"scopes", "Roles that may do it on some records only"},
    FieldRule{"scope", "On which records: own, or linked (own and those on the same account)", Format::token, 20},
    // audit, events, messages
    FieldRule{"actor_id", "Id of the user who acted; none for a system actor", Format::id, 64},
    FieldRule{"actor_name", "Name of the system actor, or `user`", Format::line, 100},
    FieldRule{"actor_role", "Role of the actor when acting", Format::token, 40},
    FieldRule{"actor_username", "Login name that the user who acted has now; for administrators, and one's own",
              Format::line, 254, Exposure::personal},
    FieldRule{"action", "What was done, PATIENT_CREATED", Format::token, 100},
    FieldRule{"resource_type", "Type of the record acted on", Format::token, 60},
    FieldRule{"resource_id", "Id of the record acted on", Format::id, 64},
    FieldRule{"outcome", "Done, refused or failed"},
    FieldRule{"error_code", "Code of the error, see docs/errors.md", Format::token, 60},
    FieldRule{"origin", "From where: the address or channel that the host named", Format::line, 200},
    FieldRule{"metadata", "Details; no secret, no medical text"},
    FieldRule{"type", "Kind of event, patient.registered", Format::token, 100},
    FieldRule{"data", "Details"},
    FieldRule{"channel", "Email or SMS"},
    FieldRule{"message_template", "Key of the message template", Format::token, 100},
    FieldRule{"recipient", "Address the message goes to", Format::line, 254, Exposure::personal},
    FieldRule{"sealed_secret", "What is secret in the message, encrypted", Format::line, 4096, Exposure::internal},
    FieldRule{"attempts", "How often sending was tried", Format::none, 0, Exposure::open, 0},
    FieldRule{"due_at", "When to send next"},
    FieldRule{"sent_at", "When it was sent"},
    FieldRule{"next_value", "Next unused number", Format::none, 0, Exposure::open, 0},
    FieldRule{"operation", "Name of the operation", Format::token, 100},
    FieldRule{"request_hash", "Hash of the request", Format::line, 64, Exposure::internal},
    FieldRule{"sealed_response", "The answer, encrypted", Format::multiline, 1048576, Exposure::internal},
    FieldRule{"purpose", "What the token is good for"},
    FieldRule{"token_hash", "Hash of the token", Format::line, 64, Exposure::internal},
    FieldRule{"expires_at", "When it ends"},
    FieldRule{"spent_at", "When it was used"},
    FieldRule{"sealed_fields", "Medical fields, encrypted", Format::multiline, 1048576, Exposure::internal},
    FieldRule{"key_use", "What the key encrypts or hashes", Format::token, 60},
    FieldRule{"sealed_key", "The key, encrypted with the master key", Format::line, 255, Exposure::internal},
    FieldRule{"mac", "Keyed MAC that shows that nobody changed the row", Format::line, 64, Exposure::internal},
    FieldRule{"entry_count", "How many audit entries the seal covers", Format::none, 0, Exposure::open, 0},
    FieldRule{"entry_ids", "Ids of the audit entries that the seal covers", Format::multiline, 1048576,
              Exposure::internal},
    FieldRule{"whole_audit", "Look for unsealed entries from the beginning, not only behind the newest seals"},
    FieldRule{"seals_made", "How many seals were made", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_sealed", "How many audit entries they cover", Format::none, 0, Exposure::open, 0},
    FieldRule{"anchors_failed", "How many of the seals have no anchor where one was wanted; the log says why",
              Format::none, 0, Exposure::open, 0},
    FieldRule{"from_seal", "Number of the seal to begin with; else the first", Format::none, 0, Exposure::open, 1,
              999999999999},
    FieldRule{"anchors", "Anchors kept outside of the database, one line each: number, MAC, time", Format::multiline,
              1048576},
    FieldRule{"valid", "Whether nothing is wrong"},
    FieldRule{"entries_checked", "How many audit entries with a MAC were looked at", Format::none, 0, Exposure::open,
              0},
    FieldRule{"seals_checked", "How many seals were looked at", Format::none, 0, Exposure::open, 0},
    FieldRule{"anchors_checked", "How many anchors were compared", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_unsealed", "How many audit entries no seal covers yet", Format::none, 0, Exposure::open, 0},
    FieldRule{"entries_unsigned", "How many audit entries have no MAC, from versions that made none", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"problem_count", "How many problems there are", Format::none, 0, Exposure::open, 0},
    FieldRule{"problems", "The first hundred of them"},
    FieldRule{"seal", "Number of the seal; 0: none", Format::none, 0, Exposure::open, 0},
    FieldRule{"entry_id", "Id of the audit entry", Format::id, 64},
    FieldRule{"generation", "How often the refresh token was exchanged", Format::none, 0, Exposure::internal},
    FieldRule{"previous_token_hash", "Hash of the token before", Format::line, 64, Exposure::internal},
    FieldRule{"refreshed_at", "When tokens were last exchanged"},
    FieldRule{"last_attempt_at", "When the last attempt was made"},
    // lists and searches
    FieldRule{"q", "Words to look for in name, number, email, phone and national ID", Format::typed, 200,
              Exposure::personal},
    FieldRule{"after", "Where the last page ended: its `next`", Format::id, 64},
    FieldRule{"next", "Pass as `after` for the next page; none at the end", Format::id, 64},
    FieldRule{"limit", "How many to answer at the most", Format::none, 0, Exposure::open, 1, 500},
    FieldRule{"items", "The records"},
    FieldRule{"newest_first", "Newest first instead of oldest first"},
    FieldRule{"from", "From this time on"},
    FieldRule{"until", "Before this time"},
    // synchronisation
    FieldRule{"dry_run", "Count only, change nothing"},
    FieldRule{"reason", "Why, for the audit", Format::name, 500},
    FieldRule{"patients_created", "Patients made for users that had none"},
    FieldRule{"users_linked", "Users linked to a patient that was there"},
    FieldRule{"users_seen", "Unlinked patient-role users looked at"},
    FieldRule{"patients_seen", "Unlinked patients looked at"},
    FieldRule{"conflicts", "What could not be linked, with the reason"},
    FieldRule{"conflict_count", "How many could not be linked"},
    FieldRule{"code", "Code of the reason, see docs/errors.md", Format::token, 60},
    FieldRule{"found", "Whether there is one"},
    FieldRule{"created", "Whether it was made by this call"},
    FieldRule{"generate_password", "Make a temporary password"},
    // system
    FieldRule{"name", "Name", Format::line, 200},
    FieldRule{"help", "One line on what it does", Format::line, 500},
    FieldRule{"roles", "Roles that may call it"},
    FieldRule{"writes", "Whether it changes anything"},
    FieldRule{"http_method", "HTTP method", Format::token, 10},
    FieldRule{"fault_field",
              "Field of the answer by which it says that not all is as it should be: a list with items, a number other "
              "than 0, or false",
              Format::token, 40},
    FieldRule{"http_path", "HTTP path after /api/v1", Format::line, 200},
    FieldRule{"errors", "Codes of the errors it may answer beside the common ones"},
    FieldRule{"request_schema", "JSON Schema of the request"},
    FieldRule{"response_schema", "JSON Schema of the response"},
    FieldRule{"operations", "The operations"},
    FieldRule{"sdk_version", "Version of the SDK", Format::token, 40},
    FieldRule{"plugin_abi", "Version of the plugin line", Format::token, 20},
    FieldRule{"schema_version", "Version of the database schema"},
    FieldRule{"storage", "Database URL (sqlite:clinic.db), or the storage plugin's name in an answer", Format::line,
              1000},
    FieldRule{"storage_version", "Version of the storage plugin", Format::token, 40},
    FieldRule{"profile", "Name of a policy profile", Format::token, 40},
    FieldRule{"patients_changed", "Patients that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"histories_changed", "Medical histories that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"users_changed", "Users that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"others_changed", "Records of other types that were stored anew", Format::none, 0, Exposure::open, 0},
    FieldRule{"records_left", "Records that were left as they are; system.check says why", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"records_checked", "How many records were looked at", Format::none, 0, Exposure::open, 0},
    FieldRule{"record_type", "Type of the record, or file", Format::token, 60},
    FieldRule{"record_id", "Id of the record", Format::id, 64},
    FieldRule{"remedy", "What to do about it", Format::line, 1000},
    FieldRule{"data_key_resealed", "Whether the database's own key was sealed anew, with the present master key"},
    FieldRule{"attempts_removed", "Counters of attempts that say nothing any more", Format::none, 0, Exposure::open, 0},
    FieldRule{"logins_removed", "Logins that had ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"tokens_removed", "Links that were used or had ended", Format::none, 0, Exposure::open, 0},
    FieldRule{"idempotency_keys_removed", "Idempotency keys older than the policy keeps them", Format::none, 0,
              Exposure::open, 0},
    FieldRule{"healthy", "Whether the database answers"},
};

namespace detail {
/// The positions of the dictionary's entries in the order of their names.
inline constexpr auto dictionary_order = [] {
  std::array<std::uint16_t, data_dictionary.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = static_cast<std::uint16_t>(i);
  std::sort(order.begin(), order.end(),
            [](auto a, auto b) { return data_dictionary[a].name < data_dictionary[b].name; });
  return order;
}();
}  // namespace detail

/// The entry for a field of Object. A name without an entry does not compile.
template <class Object>
consteval const FieldRule& dictionary_entry(std::string_view name) {
  for (const auto& rule : FieldRules<Object>::rules)
    if (rule.name == name) return rule;
  const auto& order = detail::dictionary_order;
  const auto found = std::lower_bound(order.begin(), order.end(), name, [](auto entry, std::string_view wanted) {
    return data_dictionary[entry].name < wanted;
  });
  if (found == order.end() || data_dictionary[*found].name != name)
    throw "a member of a described struct has no entry in the data dictionary";
  return data_dictionary[*found];
}

}  // namespace clinic
