#pragma once

#include "audit/sealing.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace clinic {

/// A thread that makes seals at regular intervals. It ends at once when it is stopped. A child of fork has no such
/// thread, and must not use or destroy this object.
class SealingThread {
 public:
  SealingThread(AuditSealing& sealing, std::chrono::seconds interval, const Log& log);

 private:
  void run(const std::stop_token& stop);
  void seal(const std::stop_token& stop);

  AuditSealing& sealing_;
  std::chrono::seconds interval_;
  const Log& log_;
  bool failing_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace clinic
