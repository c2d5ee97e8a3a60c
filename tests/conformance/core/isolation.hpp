#pragma once

/// \file
/// One check in a process of its own: a plugin that crashes or hangs fails that check and no other.

#include <chrono>
#include <functional>
#include <string>

namespace clinic::conformance {

enum class Status { passed, failed, skipped, crashed, hung };

struct Outcome {
  Status status = Status::passed;
  std::string expected{};  ///< where it is not passed or skipped
  std::string found{};     ///< likewise; where skipped, the reason
  std::chrono::milliseconds took{0};

  bool good() const { return status == Status::passed || status == Status::skipped; }
};

/// Runs `work` in another process. What it throws becomes the outcome. What it answers is `found` of a passed outcome.
Outcome in_isolation(const std::function<std::string()>& work, std::chrono::seconds limit);

}  // namespace clinic::conformance
