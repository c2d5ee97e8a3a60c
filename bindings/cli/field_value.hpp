#pragma once

/// \file
/// From the texts of the command line to JSON values. What a value may be is for the SDK to judge; here only its type
/// matters.

#include "table/field.hpp"
#include "text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace clinic::cli {

/// One value. `flag` names it in messages. Throws UsageError.
boost::json::value field_value(const Field& field, std::string_view text, const std::string& flag);

/// A list from a flag that was given several times; each may also be a JSON array.
boost::json::array field_values(const Field& list, const std::vector<std::string>& texts, const std::string& flag);

}  // namespace clinic::cli
