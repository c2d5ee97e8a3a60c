#pragma once

#include "endpoint.hpp"
#include "profile_shape.hpp"

#include <clinic/policy.hpp>

#include <boost/json/object.hpp>

namespace clinic::http {

/// What a description of the server is made from.
struct Described {
  const std::vector<Endpoint>& endpoints;
  const Policy& policy;
  const std::vector<std::string>& prefixes;
  const ProfileShape& shape;
  bool has_host_names;  ///< whether requests for other names are refused
};

/// The OpenAPI 3.1 description of the server: its paths, schemas, errors and examples, from the operation table and the
/// profile.
boost::json::object openapi(const Described& server);

}  // namespace clinic::http
