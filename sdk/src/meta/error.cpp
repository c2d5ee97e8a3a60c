#include "meta/json.hpp"

#include <clinic/error.hpp>

#include <array>
#include <utility>

namespace clinic {
namespace {

using enum ErrorCode;

constexpr std::array table{
    // the request
    ErrorInfo{malformed_json, "malformed_json", 400, false, "The request is not a JSON object.",
              "Send one JSON object in UTF-8.", true},
    ErrorInfo{validation_failed, "validation_failed", 400, false, "Validation failed",
              "Correct the fields that `fields` names.", true},
    ErrorInfo{unknown_operation, "unknown_operation", 404, false, "There is no such operation.",
              "Look the name up in the list of operations.", true},
    // the caller
    ErrorInfo{not_authenticated, "not_authenticated", 401, false, "You are not logged in.",
              "Log in and send the token.", true},
    ErrorInfo{forbidden, "forbidden", 403, false, "You are not allowed to do this.",
              "Ask somebody whose role allows it, or an administrator for the role.", true},
    ErrorInfo{login_failed, "login_failed", 401, false, "The login name or the password is wrong.",
              "Check both; where the password is forgotten, ask for a reset."},
    ErrorInfo{too_many_attempts, "too_many_attempts", 429, true, "Too many attempts.",
              "Wait as long as `retry_after_seconds` says."},
    ErrorInfo{rate_limited, "rate_limited", 429, true, "Too many requests.",
              "Wait as long as `retry_after_seconds` says; `rate_limits` of the policy says how many there may be.",
              true},
    ErrorInfo{challenge_failed, "challenge_failed", 403, false, "The challenge was not passed.",
              "Show the challenge again, and send its answer with the call."},
    ErrorInfo{account_inactive, "account_inactive", 403, false, "This account is not active.",
              "Ask an administrator to activate it."},
    ErrorInfo{password_expired, "password_expired", 403, false, "The temporary password has ended.",
              "Ask for a password reset, or the desk for new credentials."},
    ErrorInfo{password_change_required, "password_change_required", 403, false,
              "The password must be changed before anything else.", "Call auth.change_password, then log in again.",
              true},
    ErrorInfo{token_invalid, "token_invalid", 401, false, "The token is not valid.",
              "Log in again; for a link, ask for a new one.", true},
    ErrorInfo{token_expired, "token_expired", 401, false, "The access token has ended.",
              "Exchange the refresh token for new ones with auth.refresh.", true},
    ErrorInfo{code_wrong, "code_wrong", 400, false, "The code is wrong.",
              "Type the code of the last message, or ask for another one with auth.resend_code."},
    // the records
    ErrorInfo{not_found, "not_found", 404, false, "There is no such record.", "Check the id or number."},
    ErrorInfo{duplicate_email, "duplicate_email", 409, false, "A portal account with this email already exists.",
              "Use another email, or link the account that has this one.", false, true},
    ErrorInfo{duplicate_phone, "duplicate_phone", 409, false, "An account with this phone number already exists.",
              "Use another phone number, or link the account that has this one.", false, true},
    ErrorInfo{phone_already_registered, "phone_already_registered", 409, false, "Phone already registered",
              "Log in, or ask for a new password."},
    ErrorInfo{ivr_account_exists, "ivr_account_exists", 409, false,
              "We found that you have booked appointments via phone. Would you like to link your existing bookings to "
              "this web account?",
              "Prove the phone with auth.start_registration, or register with another phone."},
    ErrorInfo{duplicate_username, "duplicate_username", 409, false, "This username is taken.", "Choose another one.",
              false, true},
    ErrorInfo{duplicate_national_id, "duplicate_national_id", 409, false,
              "A patient with this national ID already exists.",
              "Verify the national ID, or search for the existing patient.", false, true},
    ErrorInfo{duplicate_number, "duplicate_number", 409, false, "A patient with this number already exists.",
              "Leave the number out to get the next free one.", false, true},
    ErrorInfo{duplicate_identifier, "duplicate_identifier", 409, false,
              "A patient with this external identifier already exists.",
              "Check system and value, or search for the existing patient.", false, true},
    ErrorInfo{duplicate_record, "duplicate_record", 409, false, "A patient with these details already exists.",
              "Search for the existing record.", false, true},
    ErrorInfo{constraint_violation, "constraint_violation", 409, false, "Database constraint violation.",
              "Read the record again; something that it refers to has changed or gone.", false, true},
    ErrorInfo{stale_record, "stale_record", 409, false, "Somebody else has changed the record in the meantime.",
              "Read it again and repeat the change on the new version."},
    ErrorInfo{match_found, "match_found", 409, false, "A record that seems to be the same person exists already.",
              "Look at it; link it, or state that this is another person."},
    ErrorInfo{already_linked, "already_linked", 409, false, "The two are linked already, or one of them to another.",
              "Unlink first if the link is wrong."},
    ErrorInfo{not_linked, "not_linked", 409, false, "There is no link.", "Link a user and a patient first."},
    ErrorInfo{not_linkable, "not_linkable", 409, false, "These two cannot be linked.", "See `detail` for the reason."},
    ErrorInfo{idempotency_key_reused, "idempotency_key_reused", 409, false,
              "This idempotency key belongs to another request.", "Use a new key for a new request.", true},
    ErrorInfo{
        record_damaged, "record_damaged", 500, false, "The encrypted fields of the record cannot be read.",
        "Let an administrator call system.check, and put the row back as it was from a backup; `detail` names it."},
    ErrorInfo{wrong_state, "wrong_state", 409, false, "The record's state does not allow this.",
              "Read the record again; `detail` says which state it is in."},
    ErrorInfo{position_unknown, "position_unknown", 410, false, "There are no events behind this position.",
              "Begin again with position 0, or read anew what you need and go on behind `newest`."},
    // the surroundings
    ErrorInfo{busy, "busy", 503, true, "The system is busy.",
              "Wait as long as `retry_after_seconds` says, or a moment where it is not there.", true},
    ErrorInfo{unavailable, "unavailable", 503, true, "The database cannot be reached.",
              "Try again later; where opening fails, look whether the server runs and the storage URL is right.", true},
    ErrorInfo{outcome_unknown, "outcome_unknown", 503, false,
              "The connection was lost while saving; it is unknown whether the change was made.",
              "Look whether it was, or repeat the call with the same idempotency key.", true},
    ErrorInfo{internal, "internal", 500, false, "The operation failed",
              "Give the incident id in `detail` to whoever runs the system; the log has the cause.", true},
    // opening
    ErrorInfo{configuration_invalid, "configuration_invalid", 500, false, "The configuration is not valid.",
              "Correct the settings that `fields` or `detail` names."},
    ErrorInfo{key_missing, "key_missing", 500, false, "A key is needed and was not given.",
              "Give the key in the configuration, or restore its file; `detail` says which."},
    ErrorInfo{key_wrong, "key_wrong", 500, false, "The key is not the right one.",
              "Where `fields` says, give the key with which the database was written: 64 hexadecimal digits."},
    ErrorInfo{plugin_not_found, "plugin_not_found", 500, false, "A plugin was not found.",
              "See `detail` for what was found and where it was searched; correct the name, install it, or give its "
              "absolute path."},
    ErrorInfo{
        plugin_refused, "plugin_refused", 500, false, "A plugin was refused.",
        "See `detail` for the reason: correct the storage URL, or install the plugin that belongs to this version."},
    ErrorInfo{schema_newer, "schema_newer", 500, false, "The database was made by a newer version.",
              "Update this program."},
    ErrorInfo{schema_older, "schema_older", 500, false, "The database has the schema of an older version.",
              "Make a backup, then migrate: `clinic schema migrate`."},
    ErrorInfo{backup_invalid, "backup_invalid", 500, false, "The backup cannot be used.",
              "See `detail` for what is wrong with it; take another backup."},
    ErrorInfo{database_not_empty, "database_not_empty", 500, false, "The database is not empty.",
              "Restore into a new database."},
    ErrorInfo{closed, "closed", 503, false, "The clinic has been closed.", "Open it again.", true},
    // HTTP
    ErrorInfo{malformed_request, "malformed_request", 400, false, "This is no valid HTTP request.",
              "See `detail` for what is wrong with it."},
    ErrorInfo{method_not_allowed, "method_not_allowed", 405, false, "This path has no such method.",
              "The header `Allow` names the methods that it has."},
    ErrorInfo{request_timeout, "request_timeout", 408, true, "The request did not arrive in time.",
              "Send it again, on a new connection."},
    ErrorInfo{request_too_large, "request_too_large", 413, false, "The request is too large.",
              "See `detail` for what is too large; `http` of the configuration has the limits."},
    ErrorInfo{unsupported_media_type, "unsupported_media_type", 415, false, "The body is not JSON.",
              "Send JSON in UTF-8, with the header `Content-Type: application/json`."},
};

consteval bool in_order_and_complete() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].code != static_cast<ErrorCode>(i)) return false;
  return table.size() == static_cast<std::size_t>(unsupported_media_type) + 1;
}
static_assert(in_order_and_complete(), "the table has one row for each ErrorCode, in the order of the enum");

}  // namespace

std::span<const ErrorInfo> error_table() noexcept { return table; }

const ErrorInfo& info(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return table[index < table.size() ? index : static_cast<std::size_t>(internal)];
}

Error::Error(ErrorCode code, std::string detail, std::vector<FieldError> fields)
    : code_(code), message_(info(code).message), detail_(std::move(detail)), fields_(std::move(fields)) {
  if (detail_.empty() && !fields_.empty()) detail_ = fields_.front().message;
  compose();
}

Error&& Error::with_message(std::string message) && {
  message_ = std::move(message);
  compose();
  return std::move(*this);
}

void Error::compose() {
  what_.assign(info(code_).word).append(": ").append(message_);
  if (!detail_.empty()) what_.append(" ").append(detail_);
  for (char& c : what_)
    if (c == '\n' || c == '\r') c = ' ';
}

std::string Error::to_json() const {
  std::string out = "{\"success\":false,\"error\":";
  write_json_string(message_, out);
  out += ",\"detail\":";
  write_json_string(detail_, out);
  out += ",\"code\":";
  write_json_string(info(code_).word, out);
  out += retryable() ? ",\"retryable\":true" : ",\"retryable\":false";
  out.append(",\"status\":").append(std::to_string(http_status()));
  if (retry_after_seconds_ > 0) out.append(",\"retry_after_seconds\":").append(std::to_string(retry_after_seconds_));
  out += ",\"fields\":[";
  for (const auto& field : fields_) {
    out += &field == &fields_.front() ? "{\"path\":" : ",{\"path\":";
    write_json_string(field.path, out);
    out += ",\"code\":";
    write_json_string(field.code, out);
    out += ",\"message\":";
    write_json_string(field.message, out);
    out += '}';
  }
  return out += "]}";
}

}  // namespace clinic
