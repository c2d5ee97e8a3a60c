#include "engine/challenge.hpp"

#include "engine/call.hpp"
#include "engine/engine.hpp"

#include <typeinfo>

namespace clinic {
namespace {

/// Only the type of what the host threw goes into the log: its text could hold the answer.
void log_failure(const Call& call, std::string_view type) {
  call.engine().log()(LogLevel::error,
                      std::string(call.operation().name) + ": the host's challenge threw: " + std::string(type));
}

bool passed(const Call& call) {
  try {
    return call.engine().challenge()(call.operation().name, call.options().origin, call.options().challenge);
  } catch (const std::exception& failure) {
    log_failure(call, typeid(failure).name());
  } catch (...) {
    log_failure(call, "no std::exception");
  }
  return false;
}

}  // namespace

void check_challenge(const Call& call) {
  const auto& actor = call.actor();
  const bool anonymous = !actor.role() && !actor.unrestricted();
  if (!call.operation().challenged || !anonymous || !call.engine().challenge()) return;
  if (!passed(call)) throw Error(ErrorCode::challenge_failed);
}

}  // namespace clinic
