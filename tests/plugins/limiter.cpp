/// \file
/// A limiter that counts in memory, in windows that begin with the first attempt: `counter:`.

#include <clinic/plugin/limiter.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace {

using clinic::plugin::Failure;
using Clock = std::chrono::steady_clock;

class Counter : public clinic::plugin::Limiter {
 public:
  Counter(clinic::plugin::Host, std::string_view url) {
    if (url != "counter:") throw Failure::refused("the URL is counter: and nothing more");
  }

  Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
              std::uint64_t cost) override {
    const std::lock_guard lock(mutex_);
    auto& count = counts_[std::string(key)];
    const auto now = Clock::now();
    if (now >= count.end) count = {0, now + window};
    if (cost > limit || count.taken > limit - cost) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(count.end - now);
      return {false, count.taken < limit ? limit - count.taken : 0, left};
    }
    count.taken += cost;
    return {true, limit - count.taken, {}, std::chrono::ceil<std::chrono::milliseconds>(count.end - now)};
  }
  void reset(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    counts_.erase(std::string(key));
  }

 private:
  struct Count {
    std::uint64_t taken = 0;
    Clock::time_point end{};
  };
  std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

}  // namespace

CLINIC_LIMITER_PLUGIN(Counter, "counter", "1.0.0", "MIT");
