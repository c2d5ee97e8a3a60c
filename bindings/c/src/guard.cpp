#include "guard.hpp"

#include <clinic/text.hpp>

#include <cstring>

namespace clinic::c {
namespace {

/// The struct as 0.1 has it. A caller's smaller one was not made with the initialiser, and is left alone.
bool usable(const clinic_error* error) noexcept { return error && error->struct_size >= sizeof(clinic_error); }

/// Copies what fits, and ends at a whole character.
template <std::size_t capacity>
void fit(char (&out)[capacity], std::string_view text) noexcept {
  const auto fitting = first_bytes(text, capacity - 1);
  std::memcpy(out, fitting.data(), fitting.size());
  out[fitting.size()] = '\0';
}

void report(clinic_error* error, ErrorCode code, int http_status, std::string_view message,
            std::string_view detail) noexcept {
  const ErrorInfo& row = info(code);
  error->http_status = http_status;
  error->retryable = row.retryable;
  fit(error->code, row.word);
  fit(error->message, message);
  fit(error->detail, detail);
}

void report(clinic_error* error, const Error& cause) noexcept {
  report(error, cause.code(), cause.http_status(), cause.message(), cause.detail());
  try {
    error->json = hand_out(cause.to_json());
  } catch (...) {  // no memory: the fixed texts are there, and the header says that json may then be missing
  }
}

void report_internal(clinic_error* error, std::string_view detail) noexcept {
  try {
    report(error, Error(ErrorCode::internal, std::string(detail)));
  } catch (...) {
    const ErrorInfo& row = info(ErrorCode::internal);
    report(error, row.code, row.http_status, row.message, detail);
  }
}

}  // namespace

void report_current_exception(clinic_error* error) noexcept {
  if (!usable(error)) return;
  try {
    throw;
  } catch (const Error& cause) {
    report(error, cause);
  } catch (const std::bad_alloc&) {
    report_internal(error, "out of memory");
  } catch (...) {  // its text could hold a person's data
    report_internal(error, "unexpected exception");
  }
}

void require(const void* argument, std::string_view name) {
  if (argument) return;
  std::string path(name);
  std::string message = "`" + path + "` is NULL";
  throw Error(ErrorCode::validation_failed, message, {{std::move(path), "required", message}});
}

void refuse_handle(std::string_view name) {
  std::string path(name);
  std::string message = "`" + path + "` is no open " + path;
  throw Error(ErrorCode::validation_failed, message, {{std::move(path), "wrong_type", message}});
}

}  // namespace clinic::c

void clinic_error_clear(clinic_error* error) CLINIC_NOEXCEPT {
  if (!clinic::c::usable(error)) return;
  clinic_buffer_free(error->json);
  error->json = nullptr;
  error->http_status = error->retryable = 0;
  error->code[0] = error->message[0] = error->detail[0] = '\0';
}

void clinic_buffer_free(clinic_buffer* buffer) CLINIC_NOEXCEPT { delete static_cast<clinic::c::Buffer*>(buffer); }
