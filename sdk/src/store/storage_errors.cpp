#include "store/storage_errors.hpp"

#include <array>

namespace clinic {
namespace {

struct Duplicate {
  std::string_view record, constraint;
  ErrorCode code;
  std::string_view field;
  std::string_view detail;
};

constexpr std::array duplicates = {
    Duplicate{"User", "email_key", ErrorCode::duplicate_email, "email", "Another account has this email."},
    Duplicate{"User", "username_key", ErrorCode::duplicate_username, "username", "Another account has this username."},
    Duplicate{"User", "phone_login_key", ErrorCode::duplicate_phone, "phone", "Another account has this phone number."},
    Duplicate{"User", "patient_id", ErrorCode::already_linked, "patient", "The patient already has an account."},
    Duplicate{"User", "id", ErrorCode::already_linked, "patient", "The patient already has an account."},
    Duplicate{"Patient", "email_key", ErrorCode::duplicate_email, "email", "Another patient has this email."},
    Duplicate{"Patient", "national_id_key", ErrorCode::duplicate_national_id, "national_id",
              "Please verify the national ID or search for existing patient."},
    Duplicate{"Patient", "number", ErrorCode::duplicate_number, "number", "Another patient has this number."},
    Duplicate{"ExternalIdentifier", "system,value", ErrorCode::duplicate_identifier, "identifiers",
              "A patient already has this identifier of that system."},
};

}  // namespace

bool violates(const StorageError& failure, std::string_view record, std::string_view constraint) {
  return failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION && failure.record() == record &&
         failure.constraint() == constraint;
}

Error to_error(const StorageError& failure) {
  switch (failure.code()) {
    case CLINIC_PLUGIN_UNIQUE_VIOLATION:
      for (const auto& duplicate : duplicates)
        if (violates(failure, duplicate.record, duplicate.constraint)) {
          Error error(duplicate.code, std::string(duplicate.detail),
                      {{std::string(duplicate.field), "duplicate", std::string(duplicate.detail)}});
          // The document's words for an email speak of portal accounts; a patient's own email is one of "these
          // details".
          if (duplicate.code == ErrorCode::duplicate_email && duplicate.record == "Patient")
            return std::move(error).with_message(std::string(info(ErrorCode::duplicate_record).message));
          return error;
        }
      return Error(ErrorCode::duplicate_record);
    case CLINIC_PLUGIN_STALE:
      return Error(ErrorCode::stale_record);
    case CLINIC_PLUGIN_CONFLICT:
    case CLINIC_PLUGIN_BUSY:
      return Error(ErrorCode::busy);
    case CLINIC_PLUGIN_UNAVAILABLE:
      return Error(ErrorCode::unavailable);
    case CLINIC_PLUGIN_OUTCOME_UNKNOWN:
      return Error(ErrorCode::outcome_unknown);
    case CLINIC_PLUGIN_CONSTRAINT:
      return Error(ErrorCode::constraint_violation);
    default:
      return Error(ErrorCode::internal);
  }
}

}  // namespace clinic
