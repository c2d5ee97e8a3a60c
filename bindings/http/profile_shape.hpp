#pragma once

/// \file
/// Answers in the shape of the document that a profile is for.

#include "table/operations.hpp"

#include <clinic/policy.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::http {

class ProfileShape {
 public:
  explicit ProfileShape(const Policy& policy);

  /// The request's body with a person's whole name split (policy.whole_name_alias). Nothing: it stays as it is.
  std::optional<std::string> body_of(const bindings::Operation& operation, std::string_view body) const;
  /// Adds the profile's other names for fields (policy.answer_aliases) to an answer of the operation.
  void reshape(const bindings::Operation& operation, std::string& answer) const;
  /// The same for an error; where policy.error_is_code, `error` is its code, and `message` the sentence.
  void reshape_error(std::string& error) const;
  /// The same for the schema of an answer, so that it tells the truth.
  void reshape_schema(boost::json::object& schema) const;

 private:
  std::vector<Alias> aliases_;
  std::optional<std::string> whole_name_;
  bool error_is_code_;
  std::set<std::string, std::less<>> concerned_;  ///< operations whose answers have such a field
};

}  // namespace clinic::http
