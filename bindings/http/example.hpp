#pragma once

#include "endpoint.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace clinic::http {

/// A value that fits the JSON Schema of a field, as somebody might give it. `name` is the field's.
boost::json::value example_of(const boost::json::object& schema, std::string_view name);

/// A request's body as somebody might send it: what must be given, and a little beside it.
boost::json::object body_example(const Endpoint& endpoint);

}  // namespace clinic::http
