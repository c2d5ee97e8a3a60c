#pragma once

#include "failure.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace clinic::mapping {
namespace {

/// Held by each opened store. SQLite keeps mutexes and the state of file locks for its whole process, and a child of
/// fork has copies of them as they stood: it might wait for a thread that it does not have, or take its parent's locks
/// for its own. So a child opens no store where its parent had one open when it forked.
class ForkGuard {
 public:
  ForkGuard() {
    for (auto state = opened.load();;) {
      const bool here = state >> 32 == process();
      if (!here && stores_in(state) > 0)
        throw refused(
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

  /// The process that opened, and how many of its stores are open: one word, so that a child gets both as they belong
  /// together.
  static inline std::atomic<std::uint64_t> opened = 0;
};

}  // namespace
}  // namespace clinic::mapping
