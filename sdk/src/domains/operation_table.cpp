#include "operations/table.hpp"

#include "meta/json.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace clinic {

std::span<const Operation> operation_table() {
  static const std::vector<Operation> table = [] {
    std::vector<Operation> rows;
    for (auto domain : {patient_operations, user_operations, account_operations, auth_operations, profile_operations,
                        sync_operations, audit_operations, system_operations})
      for (auto& row : domain())
        rows.push_back(std::move(row));
    return rows;
  }();
  return table;
}

const Operation* find_operation(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const Operation*> by_name;
    for (const auto& row : operation_table())
      if (!by_name.emplace(row.name, &row).second)
        throw std::logic_error("two operations are named " + std::string(row.name));
    return by_name;
  }();
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

void detail::validate_request(const TypeDescription& type, void* request) {
  std::vector<FieldError> errors;
  validate(type, request, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

}  // namespace clinic
