#pragma once

#include <boost/json.hpp>

#include <string>

namespace clinic::test {

/// Runs one or more SQL statements on an SQLite file beside the SDK, and answers the rows of the last one, each as an
/// object by column. Throws std::runtime_error.
boost::json::array sqlite_rows(const std::string& file, const std::string& sql);

}  // namespace clinic::test
