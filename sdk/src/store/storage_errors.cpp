#include "store/storage_errors.hpp"

#include "records/record_model.hpp"

namespace clinic {
namespace {

/// What was declared of the constraint that is violated; null where it means nothing of its own.
const Constraint* violated(const StorageError& failure) {
  const auto* type = record_type(failure.record());
  if (!type) return nullptr;
  if (type->primary_key && failure.constraint() == type->primary_key->fields) return type->primary_key;
  for (const auto& constraint : type->constraints)
    if (constraint.unique && constraint.fields == failure.constraint()) return &constraint;
  return nullptr;
}

Error duplicate(const StorageError& failure) {
  const auto* constraint = violated(failure);
  if (!constraint || constraint->field.empty()) return Error(ErrorCode::duplicate_record);
  const std::string detail(constraint->detail);
  Error error(constraint->error, detail, {{std::string(constraint->field), "duplicate", detail}});
  if (!constraint->worded_as) return error;
  return std::move(error).with_message(std::string(info(*constraint->worded_as).message));
}

}  // namespace

bool violates(const StorageError& failure, std::string_view record, std::string_view constraint) {
  return failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION && failure.record() == record &&
         failure.constraint() == constraint;
}

Error to_error(const StorageError& failure) {
  switch (failure.code()) {
    case CLINIC_PLUGIN_UNIQUE_VIOLATION:
      return duplicate(failure);
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

std::optional<Error> refusal_in(FunctionRef<void()> body) {
  try {
    body();
  } catch (const StorageError& failure) {
    auto error = to_error(failure);
    if (error.http_status() >= 500) throw;
    return error;
  } catch (const Error& error) {
    if (error.http_status() >= 500) throw;
    return error;
  }
  return std::nullopt;
}

const std::string& sentence_of(const Error& error) { return error.detail().empty() ? error.message() : error.detail(); }

}  // namespace clinic
