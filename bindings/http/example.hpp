#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace clinic::http {

/// A value that fits the JSON Schema of a field, as somebody might give it. `name` is the field's.
boost::json::value example_of(const boost::json::object& schema, std::string_view name);

}  // namespace clinic::http
