#pragma once

/// \file
/// The operation table as bindings see it: parsed from the JSON that every binding gets.

#include "table/field.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::bindings {

/// Where an operation is over HTTP.
struct Route {
  std::string method;
  std::string path;         ///< behind the prefix; `{patient}` is a field of the request
  int status = 200;         ///< of an answer
  std::string with = "{}";  ///< what the request says by itself there, as JSON
};

struct Operation {
  std::string name;
  std::string help;
  bool writes = false;
  std::vector<std::string> roles;
  std::map<std::string, std::string> scopes;  ///< `own`, `linked`: of the roles that may not do it on all records
  Route http;
  std::vector<Route> also_at;  ///< other places over HTTP
  std::vector<std::string> errors;
  std::string fault_field;  ///< of the answer, by which it says that not all is as it should be; empty: it has none
  std::string request_type, response_type;  ///< names of the structs
  std::vector<Field> request, response;
  boost::json::object request_schema, response_schema;

  /// Whether callers without a role may call it.
  bool for_anyone() const;
  /// Its roles, each with its scope: `receptionist, patient (own)`.
  std::string callers() const;
  /// The field to which a value without a flag belongs: the only one that must be given. Null where there is none.
  const Field* main_field() const;
  /// Whether an answer of it says that not all is as it should be: that the audit is not valid, that there were
  /// conflicts.
  bool tells_of_fault(const boost::json::value& answer) const;
};

/// Every operation, in the table's order. Needs no database.
const std::vector<Operation>& operation_table();

/// Null where there is none of that name.
const Operation* find_operation(std::string_view name);

/// The name that was probably meant, or an empty text.
std::string similar_operation(std::string_view name);

}  // namespace clinic::bindings
