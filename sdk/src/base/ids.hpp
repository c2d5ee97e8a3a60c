#pragma once

/// \file
/// Ids of new records: UUIDs of version 7 (RFC 9562), which sort by the time at which they were made.

#include <clinic/configuration.hpp>

#include <cstddef>
#include <cstdint>
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

 private:
  std::mutex mutex_;
  RandomSource random_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;  // 26 bits
};

/// Makes an id with the generator of this process.
std::string new_id(Timestamp now);

}  // namespace clinic
