#pragma once

#include "outbox/dispatcher.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace clinic {

/// Sends the messages of one channel in the background: when this process has written one, and at regular intervals,
/// for those of other processes and for later tries. It ends when the message that it is sending has been answered. A
/// child of fork has no such thread, and must not use or destroy this object.
class DispatchThread {
 public:
  DispatchThread(Dispatcher& dispatcher, MessageChannel channel, std::chrono::seconds interval, const Log& log);
  /// A message was committed.
  void wake();
  /// Begins to end; the destructor waits for the end. So several threads end together.
  void stop() { thread_.request_stop(); }

 private:
  void run(const std::stop_token& stop);
  void dispatch(const std::stop_token& stop);

  Dispatcher& dispatcher_;
  MessageChannel channel_;
  std::chrono::seconds interval_;
  const Log& log_;
  bool failing_ = false;
  std::mutex mutex_;
  bool woken_ = false;
  std::condition_variable_any wake_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace clinic
