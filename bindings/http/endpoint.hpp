#pragma once

#include "router.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace clinic::http {

/// A place of an operation, and where each field of its request goes there. From this the server's descriptions of
/// itself are made.
struct Endpoint {
  explicit Endpoint(const Place& place);

  const Place* place;
  std::vector<const bindings::Field*> in_path{}, in_query{}, in_body{};

  const bindings::Operation& operation() const { return *place->operation; }
  const std::string& method() const { return place->route.method; }
  /// Whether fields may stand in a query: else they are in the body.
  static bool takes_query(const Place& place);
  /// `patients` of `patients.register`.
  std::string group() const;
  /// What it does, in a line.
  std::string summary() const;
  /// Whether the answer has a version, and so an ETag.
  bool has_etag() const;
  /// Whether the request has a version, and so may be conditional.
  bool takes_version() const;
};

std::vector<Endpoint> endpoints_of(const Router& router);

}  // namespace clinic::http
