#include "base/ids.hpp"

#include <clinic/error.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace clinic {
namespace {

constexpr std::uint64_t tolerated_step_back_ms = 10000;
constexpr std::uint64_t last_representable_ms = (std::uint64_t{1} << 48) - 1;
constexpr std::uint32_t counter_limit = std::uint32_t{1} << 26;

std::string text(const std::array<std::uint8_t, 16>& bytes) {
  std::string out(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    out[at++] = "0123456789abcdef"[bytes[i] >> 4];
    out[at++] = "0123456789abcdef"[bytes[i] & 15];
  }
  return out;
}

}  // namespace

void random_bytes(std::span<std::byte> out) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1)
    throw Error(ErrorCode::internal, "The random number generator failed.");
}

IdGenerator::IdGenerator(RandomSource random) : random_(std::move(random)) {}

// 48 bits of milliseconds, version, 26 bits of counter around the variant, 48 random bits. In each millisecond the
// counter starts at a random value in its lower half. This leaves 33 million ids for the millisecond.
std::string IdGenerator::next(Timestamp now) { return make(now, 0); }

std::string IdGenerator::next_in_time(const std::function<Timestamp()>& now) {
  using namespace std::chrono;
  for (int tries = 0;; ++tries) {
    const auto before = now();
    const auto nanoseconds = duration_cast<std::chrono::nanoseconds>(system_clock::now().time_since_epoch()).count();
    const auto after = now();
    // Both clocks were read within one millisecond. (A host's own clock may stand still, or jump.)
    if (before == after || tries == 10)
      return make(after, static_cast<std::uint32_t>((nanoseconds % 1000000) * (counter_limit - 1) / 1000000));
  }
}

std::string IdGenerator::make(Timestamp now, std::uint32_t least_counter) {
  std::array<std::byte, 10> random;
  random_(random);
  const std::int64_t since_epoch = now.time_since_epoch().count();
  const std::uint64_t ms =
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch, 0)), last_representable_ms);

  std::uint64_t time;
  std::uint32_t counter;
  {
    const std::lock_guard lock(mutex_);
    if (ms > last_ms_ || ms + tolerated_step_back_ms < last_ms_) {
      last_ms_ = ms;
      std::memcpy(&counter_, random.data() + 6, sizeof counter_);
      counter_ %= counter_limit / 2;
      if (least_counter > 0) counter_ = least_counter;
    } else if (++counter_ == counter_limit) {
      last_ms_ = std::min(last_ms_ + 1, last_representable_ms);
      counter_ = 0;
    } else if (ms == last_ms_ && counter_ < least_counter) {
      counter_ = least_counter;
    }
    time = last_ms_;
    counter = counter_;
  }

  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::uint8_t>(time >> (40 - 8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | (counter >> 22));
  bytes[7] = static_cast<std::uint8_t>(counter >> 14);
  bytes[8] = static_cast<std::uint8_t>(0x80 | ((counter >> 8) & 0x3F));
  bytes[9] = static_cast<std::uint8_t>(counter);
  std::memcpy(bytes.data() + 10, random.data(), 6);
  return text(bytes);
}

std::string new_id(Timestamp now) {
  static IdGenerator generator;
  return generator.next(now);
}

}  // namespace clinic
