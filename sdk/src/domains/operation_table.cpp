#include "base/made_once.hpp"
#include "domains/people/shown_patients.hpp"
#include "meta/each_object.hpp"
#include "operations/table.hpp"

#include <clinic/session.hpp>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace clinic {
namespace {

bool shows_a_patient(const Operation& row) {
  const auto shown = shown_patients();
  return any_type(*row.response, [&](const TypeDescription& type) {
    return std::any_of(shown.begin(), shown.end(), [&](const ShownPatient& each) { return each.type == &type; });
  });
}

void add(std::vector<Operation> rows, std::vector<Operation>& table) {
  for (auto& row : rows) {
    if (shows_a_patient(row)) row.shown = shown_patients();
    table.push_back(std::move(row));
  }
}

template <class... Service>
std::vector<Operation> make_table(ServiceList<Service...>) {
  std::vector<Operation> table;
  (add(rows_of<Service>(), table), ...);
  return table;
}

}  // namespace

std::span<const Operation> operation_table() {
  return made_once([] { return make_table(Services{}); });
}

const Operation* find_operation(std::string_view name) {
  const auto& index = made_once([] {
    std::unordered_map<std::string_view, const Operation*> by_name;
    for (const auto& row : operation_table())
      if (!by_name.emplace(row.name, &row).second)
        throw std::logic_error("two operations are named " + std::string(row.name));
    return by_name;
  });
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

}  // namespace clinic
