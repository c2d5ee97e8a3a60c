#pragma once

/// \file
/// One plugin under check: a column of the table.

#include "check.hpp"
#include "isolation.hpp"

namespace clinic::conformance {

struct Column {
  Target target;
  std::string kind{};  ///< empty: it could not be asked
  std::string name{};
  std::string version{};
  std::string licence{};
  std::string refusal{};  ///< why it cannot be checked
};

/// Asks the plugin, in a process of its own, what it is, and a storage plugin whether its database may be used.
Column ask(Target target, std::chrono::seconds limit);

/// One check on one column.
Outcome judge(const Column& column, const Check& check, std::chrono::seconds limit);

/// Removes what the checks left in the column's database.
void tidy_up(const Column& column, std::chrono::seconds limit);

}  // namespace clinic::conformance
