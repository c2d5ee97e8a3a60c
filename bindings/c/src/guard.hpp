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

}  // namespace clinic::c
