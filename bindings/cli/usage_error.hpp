#pragma once

#include <stdexcept>
#include <string>

namespace clinic::cli {

/// The command line asks for something that cannot be understood. The message is one sentence for a person.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace clinic::cli
