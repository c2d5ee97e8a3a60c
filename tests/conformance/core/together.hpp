#pragma once

/// \file
/// Several threads or processes at once, and how they wait for each other.

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace clinic::conformance {

/// Something that happens once.
class Signal {
 public:
  void give() {
    std::lock_guard lock(mutex_);
    given_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return given_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool given_ = false;
};

/// Threads whose first exception comes out of join().
class Crew {
 public:
  Crew() = default;
  ~Crew() { wait(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  template <class Work>
  void start(Work work) {
    threads_.emplace_back([this, work = std::move(work)] {
      try {
        work();
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
      }
    });
  }
  void join() {
    wait();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void wait() {
    for (auto& thread : threads_)
      thread.join();
    threads_.clear();
  }
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

/// Processes, each of which says once that it is ready and then waits for go(). Start them before the process opens a
/// store of its own: a client library's connections do not survive a fork.
class Processes {
 public:
  Processes() = default;
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  /// `work` gets a function that says "ready" and returns when go() was called.
  void start(const std::function<void(const std::function<void()>& ready)>& work);
  /// Returns when all are ready, or have ended.
  void wait_until_ready();
  void go();
  void kill();
  /// Throws Unmet where one has not ended well.
  void join();

 private:
  struct Child {
    int id;
    int from, to;  ///< pipes
  };
  std::vector<Child> children_;
};

}  // namespace clinic::conformance
