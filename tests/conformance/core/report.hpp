#pragma once

/// \file
/// What was found, for people and for programs.

#include "column.hpp"

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace clinic::conformance {

struct Row {
  Check check;
  std::vector<Outcome> outcomes{};  ///< by column
};

/// Columns of one kind with their rows.
struct Table {
  std::string kind;
  std::vector<Column> columns;
  std::vector<Row> rows{};
};

void print_head(std::ostream& out, const Table& table);
void print_row(std::ostream& out, const Table& table, const Row& row);
/// What is wrong, what was skipped and why, and the sums.
void print_findings(std::ostream& out, const Table& table);

std::string as_json(const std::vector<Table>& tables, const std::vector<Column>& refused);

}  // namespace clinic::conformance
