#pragma once

/// \file
/// The request of an operation, from a route's path, a query and a body.

#include "router.hpp"

#include <clinic/policy.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clinic::http {

/// Makes requests as JSON. What is wrong with a value is for the SDK to say, with the field's path: here only the types
/// of texts matter, since a query has nothing else. Thread-safe.
class RequestJson {
 public:
  explicit RequestJson(const std::vector<Alias>& field_aliases);

  using Pairs = std::vector<std::pair<std::string, std::string>>;

  /// \param path decoded values of the place's parameters
  /// \param query decoded
  /// \param in_headers fields that headers say
  /// \param body a JSON object, or nothing but white space. It is not parsed: the other fields are put behind its own.
  /// Throws Error(validation_failed) for a secret in the query, since addresses are logged everywhere.
  std::string make(const Place& place, const std::vector<std::string>& path, const Pairs& query,
                   const Pairs& in_headers, std::string_view body) const;

 private:
  /// The field that a name means, an alias too; null: none.
  const bindings::Field* field(const bindings::Operation& operation, std::string_view name) const;

  std::multimap<std::string, std::string, std::less<>> aliases_;
};

}  // namespace clinic::http
