#pragma once

#include <clinic/error.hpp>

#include <chrono>
#include <string>

namespace clinic {

/// A temporary refusal. It says how long to wait, to people and to programs (HTTP's Retry-After).
inline Error try_again_after(ErrorCode code, std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  Error error(code, "Try again in " + std::to_string(seconds) + (seconds == 1 ? " second." : " seconds."));
  error.retry_after_seconds(seconds);
  return error;
}

}  // namespace clinic
