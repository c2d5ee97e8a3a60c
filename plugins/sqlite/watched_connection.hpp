#pragma once

#include "odb_shim.hpp"

#include <odb/sqlite/connection.hxx>

#include <chrono>

namespace clinic::mapping {
namespace {

/// A connection that remembers when it last looked whether the file that it has open is still the one of that name:
/// that asks the kernel, which takes as long as half a look-up by key.
class WatchedConnection : public odb::sqlite::connection {
 public:
  using odb::sqlite::connection::connection;

  /// Writers always look; what readers read of a file that was replaced is old by this long at the most.
  bool should_look(bool writes) const {
    return writes || std::chrono::steady_clock::now() - found_ >= std::chrono::milliseconds(50);
  }
  void found_own_file() { found_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::steady_clock::time_point found_{};
};

}  // namespace
}  // namespace clinic::mapping
