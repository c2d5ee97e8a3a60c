#pragma once

#include "failure.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace clinic::mapping {
namespace {

/// Each opened store has one. SQLite keeps mutexes and the state of file locks for the whole process, and a child of
/// fork gets copies of them. The child might wait for a thread that it does not have, or take its parent's locks for
/// its own. So a child opens no store when its parent had one open as it forked.
class ForkGuard {
 public:
  ForkGuard() {
    for (auto state = opened.load();;) {
      const bool here = state >> 32 == process();
      if (!here && stores_in(state) > 0)
        throw Failure::refused(
            "this process is a child of fork, and SQLite was open in its parent when it forked: open the database "
            "there only after the fork, close it before, or start the child with exec");
      if (opened.compare_exchange_weak(state, here ? state + 1 : process() << 32 | 1)) return;
    }
  }
  ~ForkGuard() {
    if (opened.load() >> 32 == process()) --opened;
  }
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

 private:
  static std::uint64_t process() { return static_cast<std::uint32_t>(::getpid()); }
  static std::uint32_t stores_in(std::uint64_t state) { return static_cast<std::uint32_t>(state); }

  /// The process that opened stores, and how many of them are open. Both are in one word, so that a child gets a pair
  /// that belongs together.
  static inline std::atomic<std::uint64_t> opened = 0;
};

}  // namespace
}  // namespace clinic::mapping
