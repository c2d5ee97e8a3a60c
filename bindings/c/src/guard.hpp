#pragma once

/// \file
/// What every entry of clinic.h has around it: nothing is thrown out of it, and the caller's error says what happened.

#include "handles.hpp"

#include <new>
#include <string_view>

namespace clinic::c {

/// Puts what is being handled into the caller's error, which may be null.
void report_current_exception(clinic_error* error) noexcept;

/// Refuses a NULL where the entry needs a thing.
void require(const void* argument, std::string_view name);
[[noreturn]] void refuse_handle(std::string_view name);

/// Whether it is a handle of its type that was not closed; best effort, see Tag.
template <class Handle>
bool is_open(const Handle* handle) noexcept {
  return handle && decltype(handle->tag)::begins(handle);
}

/// Refuses a NULL, and a handle of another type.
template <class Handle>
void require_open(const Handle* handle, std::string_view name) {
  require(handle, name);
  if (!is_open(handle)) refuse_handle(name);
}

/// A buffer for the caller.
inline clinic_buffer* hand_out(std::string text) { return new Buffer(std::move(text)); }

/// Clears the error and the out parameter, runs the body, which answers what goes into the out parameter.
template <class Out, class Body>
int guarded(Out** out, std::string_view out_name, clinic_error* error, Body&& body) noexcept {
  clinic_error_clear(error);
  try {
    require(out, out_name);
    *out = nullptr;
    *out = body();
    return CLINIC_OK;
  } catch (...) {
    report_current_exception(error);
    return CLINIC_FAILED;
  }
}

/// The same for an entry without an out parameter.
template <class Body>
int guarded(clinic_error* error, Body&& body) noexcept {
  clinic_error_clear(error);
  try {
    body();
    return CLINIC_OK;
  } catch (...) {
    report_current_exception(error);
    return CLINIC_FAILED;
  }
}

}  // namespace clinic::c
