#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace clinic::test {

/// A child process with pipes to its standard input and from its standard output. Killed, if it still runs, when this
/// ends.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  void say(std::string_view line) const;
  void close_input();
  /// The next line; none at the end. Throws when nothing comes for two minutes: no test may hang.
  std::optional<std::string> line();
  void kill() const;
  /// Its exit code, or minus the signal that ended it.
  int wait();

 private:
  pid_t id_ = -1;
  int input_ = -1, output_ = -1;
  std::string pending_;
};

}  // namespace clinic::test
