#pragma once

/// \file
/// The flags of one operation, and the request that they make.

#include "table/operations.hpp"
#include "text.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace clinic::cli {

class RequestFlags {
 public:
  /// Adds the flags to the command. The operation must outlive this.
  RequestFlags(CLI::App& command, const Operation& operation);

  /// The request, from what was given. Reads secrets where `-` says so. Throws UsageError, also naming what must be
  /// given and is missing.
  boost::json::object request() const;

 private:
  struct Flag {
    const Field* field;
    const CLI::Option* option;
    const CLI::Option* file;  ///< secrets: the flag that names a file; else null
  };

  void add(CLI::App& command, const Operation& operation, const Field& field);
  void add_clear(CLI::App& command, const Operation& operation);
  void clear(boost::json::object& request) const;

  std::vector<Flag> flags_;
  const CLI::Option* clear_ = nullptr;
};

}  // namespace clinic::cli
