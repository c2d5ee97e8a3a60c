#pragma once

/// \file
/// Tables that fit the terminal.

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace clinic::cli {

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`; the texts are harmless already
  std::vector<bool> right_aligned;             ///< as long as `columns`, or empty

  bool wrap_last = false;  ///< the last column goes on in lines of its own, instead of being cut

  /// Prints as many columns, from the left, as fit into the width, and answers the names of those that did not.
  std::vector<std::string> print(std::ostream& out, std::size_t width) const;
};

}  // namespace clinic::cli
