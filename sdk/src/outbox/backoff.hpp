#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace clinic {

/// How long to wait before the next try: twice as long after each one, up to six hours, and a random part of half of
/// it, so that what failed together is not tried together. `random` is from 0 to 1.
inline std::chrono::milliseconds backoff(std::int64_t tries, std::chrono::seconds first, double random) {
  constexpr std::chrono::milliseconds longest = std::chrono::hours(6);
  const auto doublings = std::clamp<std::int64_t>(tries - 1, 0, 20);
  const auto whole = std::min<std::chrono::milliseconds>(first * (std::int64_t{1} << doublings), longest);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(whole.count()) * (0.5 + 0.5 * random)));
}

}  // namespace clinic
