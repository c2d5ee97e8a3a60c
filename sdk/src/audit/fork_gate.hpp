#pragma once

/// \file
/// fork() in a process with threads of ours.

#include <condition_variable>
#include <mutex>

namespace clinic {

/// Keeps fork() and exit() waiting until no thread of ours is in the middle of something: in a child the locks of the
/// database's library that it holds would stay locked for ever, and at the end of a process those libraries go. That is
/// a moment as a rule, and five seconds at the most, where somebody else holds the database. A host without threads
/// need not know that the SDK has one.
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
  void wait_for_workers(std::unique_lock<std::mutex>& lock);

  struct State {
    std::mutex mutex;
    std::condition_variable idle;
    int workers = 0;
    bool exiting = false;
  } state_;
};

}  // namespace clinic
