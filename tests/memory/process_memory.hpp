#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::test {

/// What another process may write to in its memory, of which it has to be the child: all that it has kept and freed,
/// and its stacks.
class ProcessMemory {
 public:
  /// Throws where it may not be read.
  explicit ProcessMemory(pid_t process);

  /// Where the text is, one line for each place; `[heap] 3`.
  std::vector<std::string> places_of(std::string_view text) const;
  std::size_t size() const;

 private:
  struct Area {
    std::string name, bytes;
  };
  std::vector<Area> areas_;
};

}  // namespace clinic::test
