#pragma once

/// \file
/// Ids of new records: UUIDs of version 7 (RFC 9562), which sort by the time at which they were made.

#include <clinic/configuration.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>

namespace clinic {

/// OpenSSL's generator; safe across fork().
void random_bytes(std::span<std::byte> out);

/// Makes ids. Each id is greater than the one before, also within a millisecond, and also after the clock has stepped
/// back by less than ten seconds. Thread-safe.
class IdGenerator {
 public:
  explicit IdGenerator(RandomSource random = random_bytes);
  std::string next(Timestamp now);
  /// An id of this moment that also sorts behind those that other processes have made before in the same millisecond,
  /// as precisely as the system's clock goes. `now` reads the host's clock. For a generator that makes only such ids:
  /// next() begins a millisecond with a random counter, and the id comes behind that.
  std::string next_in_time(const std::function<Timestamp()>& now);

 private:
  std::string make(Timestamp now, std::uint32_t least_counter);

  std::mutex mutex_;
  RandomSource random_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;  // 26 bits
};

/// Makes an id with the generator of this process.
std::string new_id(Timestamp now);

}  // namespace clinic
