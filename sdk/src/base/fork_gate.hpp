#pragma once

/// \file
/// Makes fork() safe in a process with threads of the SDK.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace clinic {

/// Lets fork() and exit() wait until no thread of the SDK is working. In a child, the locks that such a thread holds in
/// the database's library would stay locked for ever. At the end of a process, these libraries are unloaded. fork()
/// waits a second at the most: longer work is itself waiting, for a database that is held or does not answer. A host
/// without threads need not know that the SDK has one.
class ForkGate {
 public:
  static ForkGate& instance();

  /// Work that fork() waits for. False after exit() has begun: then the work must not be done.
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
  /// Waits until no thread works. The wait is limited, since a database may take long to answer.
  void wait_for_workers(std::unique_lock<std::mutex>& lock, std::chrono::seconds at_most);

  struct State {
    std::mutex mutex;
    std::condition_variable idle;
    int workers = 0;
    bool exiting = false;
  } state_;
};

}  // namespace clinic
