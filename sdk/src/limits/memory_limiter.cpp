#include "limits/memory_limiter.hpp"

#include <algorithm>

namespace clinic {
namespace {

/// About ten megabytes.
constexpr std::size_t most_keys = 100000;

}  // namespace

MemoryLimiter::MemoryLimiter(std::function<Timestamp()> now) : now_(std::move(now)), full_again_(most_keys) {}

plugin::Limiter::Answer MemoryLimiter::take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
                                            std::uint64_t cost) {
  using std::chrono::ceil, std::chrono::microseconds, std::chrono::milliseconds;
  if (limit == 0) return {false, 0, window};
  const Microseconds one = std::max<Microseconds>(microseconds(window).count() / static_cast<Microseconds>(limit), 1);
  const Microseconds whole = one * static_cast<Microseconds>(limit);
  const std::string name(key);

  const std::lock_guard lock(mutex_);
  const Microseconds now = microseconds(now_().time_since_epoch()).count();
  auto known = full_again_.get(name);
  if (known) *known = std::min(*known, now + whole);  // the clock may have been set back
  const Microseconds taken = known ? std::max<Microseconds>(*known - now, 0) : 0;
  const auto left = static_cast<std::uint64_t>((whole - taken) / one);
  if (cost > limit) return {false, left, window};
  const Microseconds wanted = taken + one * static_cast<Microseconds>(cost);
  if (wanted > whole) return {false, left, ceil<milliseconds>(microseconds(wanted - whole))};
  if (known)
    *known = now + wanted;
  else
    full_again_.add(name, now + wanted);
  return {true, static_cast<std::uint64_t>((whole - wanted) / one), {}, ceil<milliseconds>(microseconds(wanted))};
}

void MemoryLimiter::reset(std::string_view key) {
  const std::lock_guard lock(mutex_);
  full_again_.remove(std::string(key));
}

}  // namespace clinic
