#pragma once

/// \file
/// Which calls of the plugin are running, in memory that outlives a crash.

#include <array>
#include <atomic>
#include <string>

namespace clinic::conformance {

struct Progress {
  /// By thread. The names are the program's constants: the process that forked knows them at the same addresses.
  std::array<std::atomic<const char*>, 64> running{};
};

/// Shared with the processes that are forked from now on.
Progress& progress();

/// Says so while it lives.
class Running {
 public:
  explicit Running(const char* call) noexcept;
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<const char*>& slot_;
  const char* outer_;
};

/// `in insert`, `in touch and begin`, `outside of its functions`.
std::string where_it_was();

}  // namespace clinic::conformance
