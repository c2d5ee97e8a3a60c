#include "table/operations.hpp"

#include "table/words.hpp"

#include <clinic/open.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace clinic::bindings {
namespace {

namespace json = boost::json;

std::vector<std::string> texts(const json::value& list) {
  std::vector<std::string> result;
  for (const auto& item : list.as_array())
    result.emplace_back(item.as_string());
  return result;
}

std::vector<Operation> read_table() {
  const auto document = json::parse(clinic::operation_table_json());
  std::vector<Operation> table;
  for (const auto& row : document.at("operations").as_array()) {
    Operation operation;
    operation.name = row.at("name").as_string();
    operation.help = row.at("help").as_string();
    operation.writes = row.at("writes").as_bool();
    operation.roles = texts(row.at("roles"));
    for (const auto& scope : row.at("scopes").as_array())
      operation.scopes.emplace(scope.at("role").as_string(), scope.at("scope").as_string());
    operation.http.method = row.at("http_method").as_string();
    operation.http.path = row.at("http_path").as_string();
    operation.http.status = row.at("http_status").to_number<int>();
    for (const auto& place : row.at("also_at").as_array())
      operation.also_at.push_back({std::string(place.at("method").as_string()),
                                   std::string(place.at("path").as_string()), operation.http.status,
                                   json::serialize(place.at("with"))});
    operation.errors = texts(row.at("errors"));
    if (const auto* field = row.as_object().if_contains("fault_field"); field && field->is_string())
      operation.fault_field = field->get_string();
    operation.request_type = row.at("request_schema").at("title").as_string();
    operation.response_type = row.at("response_schema").at("title").as_string();
    operation.request_schema = row.at("request_schema").as_object();
    operation.response_schema = row.at("response_schema").as_object();
    operation.request = fields_of(row.at("request_schema"));
    operation.response = fields_of(row.at("response_schema"));
    table.push_back(std::move(operation));
  }
  return table;
}

}  // namespace

bool Operation::for_anyone() const { return std::find(roles.begin(), roles.end(), "anyone") != roles.end(); }

std::string Operation::callers() const {
  std::vector<std::string> words;
  for (const auto& role : roles) {
    const auto scope = scopes.find(role);
    words.push_back(scope == scopes.end() ? role : role + " (" + scope->second + ")");
  }
  return join(words, ", ");
}

const Field* Operation::main_field() const {
  const Field* only = nullptr;
  for (const auto& field : request)
    if (field.required) {
      if (only || field.secret) return nullptr;
      only = &field;
    }
  return only;
}

bool Operation::tells_of_fault(const json::value& answer) const {
  const auto* object = answer.if_object();
  const auto* told = object && !fault_field.empty() ? object->if_contains(fault_field) : nullptr;
  if (!told) return false;
  if (const auto* list = told->if_array()) return !list->empty();
  if (const auto* valid = told->if_bool()) return !*valid;
  return *told != 0;
}

const std::vector<Operation>& operation_table() {
  static const auto table = read_table();
  return table;
}

const Operation* find_operation(std::string_view name) {
  for (const auto& operation : operation_table())
    if (operation.name == name) return &operation;
  return nullptr;
}

std::string similar_operation(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& operation : operation_table())
    names.push_back(operation.name);
  return nearest(name, names);
}

}  // namespace clinic::bindings
