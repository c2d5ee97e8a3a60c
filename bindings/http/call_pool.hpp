#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace clinic::http {

/// Threads that run calls, a bounded number at a time. A call that waits for a password hash does not count meanwhile,
/// so a storm of logins does not hold up the rest. Thread-safe.
class CallPool {
 public:
  using Call = std::function<void()>;

  /// \param at_once calls that run at a time
  /// \param waiting calls that may wait beside them
  CallPool(std::size_t at_once, std::size_t waiting);
  /// Ends the calls that were taken.
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  /// Takes a call; false where too many wait. A call must not throw.
  bool submit(Call call);

  /// Forgets the calls that have not begun.
  void drop_waiting();

  /// From a call: it waits for something else from here on, and goes on.
  void pause();
  void go_on();

  std::size_t running() const;
  std::size_t waiting() const;
  std::size_t paused() const;

 private:
  void work();
  [[nodiscard]] bool must_wake_one();
  bool has_place() const { return running_ + going_on_ < at_once_; }
  bool may_begin() const { return !calls_.empty() && has_place(); }

  /// Calls that wait for a hash are refused by the SDK when it would take too long; this bounds their threads.
  static constexpr std::size_t most_paused = 256;

  const std::size_t at_once_, most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable work_, turn_;
  std::deque<Call> calls_;
  std::size_t running_ = 0;   ///< calls, without those that are paused
  std::size_t paused_ = 0;    ///< calls that wait for something else
  std::size_t going_on_ = 0;  ///< calls that have waited and wait for a place
  std::size_t idle_ = 0;      ///< threads without a call
  std::size_t woken_ = 0;     ///< of the idle ones, those that will look for a call; never more than `idle_`
  std::size_t starting_ = 0;  ///< threads that will look for their first call
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace clinic::http
