#pragma once

#include <clinic/configuration.hpp>
#include <clinic/plugin/limiter.hpp>

#include <Poco/LRUCache.h>
#include <Poco/Mutex.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace clinic {

/// Counts in the memory of this process. A key's allowance is a token bucket, stored as one number: the time at which
/// it will be full again (GCRA). The number of keys is bounded: the least recently used keys are forgotten.
class MemoryLimiter final : public plugin::Limiter {
 public:
  /// `now` may step back. Then a caller waits for one window at the longest.
  explicit MemoryLimiter(std::function<Timestamp()> now);

  Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window, std::uint64_t cost) override;
  void reset(std::string_view key) override;

 private:
  using Microseconds = std::int64_t;  ///< wide enough for all years that the SDK supports

  std::function<Timestamp()> now_;
  std::mutex mutex_;
  Poco::LRUCache<std::string, Microseconds, Poco::NullMutex, Poco::NullMutex> full_again_;
};

}  // namespace clinic
