#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace clinic::test {

using Variables = boost::json::object;

/// The value with `${name}` and `${name.member}` replaced in all of its texts; a text that is nothing else becomes the
/// variable's value itself. Throws std::runtime_error for a variable that there is not.
boost::json::value substituted(const boost::json::value& value, const Variables& variables);

/// Where the actual value does not have what the expected one asks for, a line each; tests/data/scenarios/README.md
/// tells how they are compared. `actual` null: there is no such member.
std::vector<std::string> differences(const boost::json::value& expected, const boost::json::value* actual,
                                     const std::string& path = "");

/// `patient.id`, `items.0.id` within a value, or nothing for the value itself; null where there is none.
const boost::json::value* at_path(const boost::json::value& value, std::string_view path);

}  // namespace clinic::test
