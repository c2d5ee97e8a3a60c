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
  std::optional<Clinic> ending;
  {
    const std::unique_lock lock(calls_);
    ending.swap(clinic_);
  }
  // Without the lock: the clinic waits for its notifiers, and one of the host's may call the clinic just now.
}

}  // namespace clinic::c
