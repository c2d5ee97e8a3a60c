#pragma once

#include <cstddef>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace clinic::test {

/// A generator that remembers what it gave: of that passwords, tokens and keys are made.
class KnownRandom {
 public:
  void fill(std::span<std::byte> bytes) {
    std::lock_guard lock(mutex_);
    for (auto& byte : bytes)
      byte = static_cast<std::byte>(engine_() >> 32U);
    drawn_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  /// Bytes of each time that so many were asked for.
  std::vector<std::string> draws_of(std::size_t size) const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& bytes : drawn_)
      if (bytes.size() == size) found.push_back(bytes);
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::mt19937_64 engine_{37};
  std::vector<std::string> drawn_;
};

}  // namespace clinic::test
