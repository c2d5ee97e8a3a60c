#pragma once

/// \file
/// fork() in a process with threads of ours.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace clinic {

/// Keeps fork() and exit() waiting until no thread of ours is in the middle of something: in a child the locks of the
/// database's library that it holds would stay locked for ever, and at the end of a process those libraries go. fork()
/// waits a second at the most: what takes longer waits itself, for a database that is held or does not answer. A host
/// without threads need not know that the SDK has one.
class ForkGate {
 public:
  static ForkGate& instance();

  /// Something that fork() waits for. False after exit() has begun: then it must not be done.
  class Work {
   public:
    Work();
    ~Work();
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    explicit operator bool() const { return allowed_; }

   private:
    bool allowed_;
  };

 private:
  ForkGate();
  static void before_fork();
  static void in_parent();
  static void in_child();
  static void at_exit();
  /// Waits until nobody works; not for ever, since a database may be long in answering.
  void wait_for_workers(std::unique_lock<std::mutex>& lock, std::chrono::seconds at_most);

  struct State {
    std::mutex mutex;
    std::condition_variable idle;
    int workers = 0;
    bool exiting = false;
  } state_;
};

}  // namespace clinic
