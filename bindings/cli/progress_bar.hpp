#pragma once

#include <chrono>
#include <cstdint>

namespace clinic::cli {

/// How far a long call has come, in one line on standard error, which is a terminal.
class ProgressBar {
 public:
  /// Takes it away, so that something else can be printed.
  ~ProgressBar();
  /// Draws it, at most ten times a second.
  void show(std::int64_t done, std::int64_t total);

 private:
  std::chrono::steady_clock::time_point drawn_{};
  bool visible_ = false;
};

}  // namespace clinic::cli
