#include "handles.hpp"

#include <unistd.h>

namespace clinic::c {

Shared::Shared(Clinic clinic) : clinic_(std::move(clinic)), process_(getpid()) {}

bool Shared::in_other_process() const noexcept { return process_ != getpid(); }

void Shared::refuse_other_process() const {
  if (in_other_process())
    throw Error(ErrorCode::closed, "opened in another process: after fork, open the clinic again");
}

void Shared::throw_closed() { throw Error(ErrorCode::closed, "the clinic was closed"); }

void Shared::close() {
  closing_.store(true, std::memory_order_release);
  std::unique_lock lock(calls_);
  clinic_.reset();
}

}  // namespace clinic::c
