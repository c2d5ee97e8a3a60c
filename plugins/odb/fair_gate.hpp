#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>

namespace clinic::mapping {
namespace {

/// Lets so many threads in at a time, in the order in which they came: a leaving thread hands its place to the one that
/// waits longest, so nobody starves (a mutex promises no order).
class FairGate {
 public:
  using Clock = std::chrono::steady_clock;

  explicit FairGate(std::size_t places) : free_(places) {}

  /// False when there was no place until the deadline.
  bool enter(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (free_ > 0) {  // then nobody waits
      --free_;
      return true;
    }
    Waiter self;
    auto place = waiting_.insert(waiting_.end(), &self);
    if (self.called.wait_until(lock, Clock::now() + patience, [&] { return self.admitted; })) return true;
    waiting_.erase(place);
    return false;
  }

  void leave() {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    next->admitted = true;
    next->called.notify_one();  // under the lock: the waiter lives on the other thread's stack
  }

 private:
  struct Waiter {
    std::condition_variable called;
    bool admitted = false;
  };
  std::mutex mutex_;
  std::size_t free_;
  std::list<Waiter*> waiting_;
};

}  // namespace
}  // namespace clinic::mapping
