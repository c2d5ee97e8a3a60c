#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace clinic::test {

/// Where a value does not fit a JSON Schema, a line each. Knows the keywords that our schemas use; another one is
/// reported too, so that none is passed over in silence.
std::vector<std::string> schema_errors(const boost::json::value& schema, const boost::json::value& value,
                                       const std::string& path = "$");
/// The same for a schema with references to schemas of the document that it is in.
std::vector<std::string> schema_errors_in(const boost::json::value& document, const boost::json::value& schema,
                                          const boost::json::value& value, const std::string& path = "$");

}  // namespace clinic::test
