#pragma once

/// \file
/// Answers for people: a page of records as a table, everything else as names and values.

#include <boost/json/fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace clinic::cli {

/// `columns`: which of the records' fields a table shows; none: what fits, the telling ones first.
void print_answer(const boost::json::value& answer, const std::vector<std::string>& columns, std::ostream& out);

/// A list of objects as a table.
void print_records(const boost::json::array& records, const std::vector<std::string>& columns, std::ostream& out);

/// JSON with line breaks and indents.
std::string indented(const boost::json::value& value);

}  // namespace clinic::cli
