#pragma once

#include <sqlite3.h>

#include <chrono>
#include <random>
#include <thread>

namespace clinic::mapping {
namespace {

/// How a connection waits for another process's write lock: it asks again and again, at random short intervals.
/// SQLite's own waiting gets rarer with time (up to 100 ms), so that who waits longest has the worst prospects.
class BusyHandler {
 public:
  BusyHandler(sqlite3* handle, std::chrono::milliseconds patience) : handle_(handle), patience_(patience) {
    sqlite3_busy_handler(
        handle, [](void* self, int count) { return static_cast<BusyHandler*>(self)->wait(count) ? 1 : 0; }, this);
  }
  ~BusyHandler() { sqlite3_busy_handler(handle_, nullptr, nullptr); }
  BusyHandler(const BusyHandler&) = delete;
  BusyHandler& operator=(const BusyHandler&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  bool wait(int count) {
    if (count == 0) deadline_ = Clock::now() + patience_;
    if (Clock::now() >= deadline_) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution(100, 1000)(random_)));
    return true;
  }

  sqlite3* handle_;
  std::chrono::milliseconds patience_;
  Clock::time_point deadline_{};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace
}  // namespace clinic::mapping
