#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace clinic::http {

/// The schemas of OpenAPI's components: each struct stands there once, and is referred to by its name.
class NamedSchemas {
 public:
  /// A reference to the schema of an answer. Objects within it become references, too.
  boost::json::object response(boost::json::object schema);
  /// The same for a request. Where a struct has another schema in answers, `Input` stands behind its name. A schema
  /// that is not the whole struct is named after its operation.
  boost::json::object request(boost::json::object schema, const std::string& part_of = "");

  boost::json::object all() && { return std::move(schemas_); }

 private:
  boost::json::object name(boost::json::object schema, std::string_view other_suffix);
  void name_within(boost::json::value& value, std::string_view other_suffix);

  boost::json::object schemas_;
};

}  // namespace clinic::http
