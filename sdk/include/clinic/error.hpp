#pragma once

/// \file
/// The list of all errors that a caller can get, with HTTP status, retryability and remedy. `docs/errors.md` is
/// generated from it.

#include <clinic/export.hpp>

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

enum class ErrorCode : std::uint8_t {
  // the request
  malformed_json,
  validation_failed,
  unknown_operation,
  // the caller
  not_authenticated,
  forbidden,
  login_failed,
  too_many_attempts,
  rate_limited,
  challenge_failed,
  account_inactive,
  password_expired,
  password_change_required,
  token_invalid,
  token_expired,
  code_wrong,
  // the records
  not_found,
  duplicate_email,
  duplicate_phone,
  phone_already_registered,
  ivr_account_exists,
  duplicate_username,
  duplicate_national_id,
  duplicate_number,
  duplicate_identifier,
  duplicate_record,
  constraint_violation,
  stale_record,
  match_found,
  already_linked,
  not_linked,
  not_linkable,
  idempotency_key_reused,
  record_damaged,
  wrong_state,
  position_unknown,
  // the surroundings
  busy,
  unavailable,
  outcome_unknown,
  internal,
  // opening
  configuration_invalid,
  key_missing,
  key_wrong,
  plugin_not_found,
  plugin_refused,
  schema_newer,
  schema_older,
  backup_invalid,
  database_not_empty,
  closed,
  // HTTP
  malformed_request,
  method_not_allowed,
  request_timeout,
  request_too_large,
  unsupported_media_type
};

struct ErrorInfo {
  ErrorCode code;
  std::string_view word;  ///< `duplicate_email`: in JSON and every binding
  int http_status;
  bool retryable;            ///< the same call may succeed later, unchanged
  std::string_view message;  ///< default text
  std::string_view remedy;   ///< what to do about it
  bool common = false;       ///< every operation may answer it; the others list theirs in the operation table
  bool duplicate = false;    ///< Policy::duplicate_status is its HTTP status
};

/// The whole list, in the order of the enum.
CLINIC_API std::span<const ErrorInfo> error_table() noexcept;
CLINIC_API const ErrorInfo& info(ErrorCode code) noexcept;

/// What is wrong with one field of a request or a configuration.
struct FieldError {
  std::string path;  ///< `portal_email`, `identifiers[2].system`
  std::string
      code;  ///< required, unknown_field, wrong_type, null_not_allowed, too_long, invalid_utf8, invalid_format, …
  std::string message;  ///< a whole sentence for a person; never the value itself
};

/// Every failure is reported with this type. It contains no secret and no value that a person typed.
class CLINIC_API Error : public std::exception {
 public:
  explicit Error(ErrorCode code, std::string detail = {}, std::vector<FieldError> fields = {});

  /// Replaces the default message of the code, where a document requires its own words.
  Error&& with_message(std::string message) &&;

  ErrorCode code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }  ///< `error` in JSON
  const std::string& detail() const noexcept { return detail_; }    ///< the field's message, or an incident id
  const std::vector<FieldError>& fields() const noexcept { return fields_; }
  bool retryable() const noexcept { return info(code_).retryable; }
  int http_status() const noexcept { return http_status_ ? http_status_ : info(code_).http_status; }
  void http_status(int status) noexcept { http_status_ = status; }  ///< a profile's own status
  /// The number of seconds after which the same call may succeed; 0: unknown. HTTP's Retry-After.
  std::int64_t retry_after_seconds() const noexcept { return retry_after_seconds_; }
  void retry_after_seconds(std::int64_t seconds) noexcept { retry_after_seconds_ = seconds; }

  /// `{"success":false,"error":…,"detail":…,"code":…,"retryable":…,"status":…,"fields":[…]}`, with
  /// `retry_after_seconds` where it is known
  std::string to_json() const;
  /// `code: message detail`, one line
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  void compose();

  ErrorCode code_;
  int http_status_ = 0;
  std::int64_t retry_after_seconds_ = 0;
  std::string message_, detail_, what_;
  std::vector<FieldError> fields_;
};

}  // namespace clinic
