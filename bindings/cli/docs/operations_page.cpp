#include "markdown.hpp"
#include "pages.hpp"
#include "table/operations.hpp"
#include "table/words.hpp"

#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/words.hpp>

#include <algorithm>

namespace clinic::docs {
namespace {

using bindings::Field;
using bindings::FieldType;
using bindings::Operation;

bool same_names(const std::vector<Field>& left, const std::vector<Field>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Field& a, const Field& b) { return a.name == b.name; });
}

/// The operation whose whole answer is this struct, so that its fields are listed once.
const Operation* answered_alone(const std::vector<Field>& fields) {
  for (const auto& operation : bindings::operation_table())
    if (operation.response.size() > 3 && same_names(operation.response, fields)) return &operation;
  return nullptr;
}

std::string link_to(const Operation& operation) {
  return "[" + operation.response_type + "](#" + anchor(operation.name) + ")";
}

std::string type_cell(const Field& field, bool link) {
  const auto* named = link && !field.fields.empty() ? answered_alone(field.fields) : nullptr;
  auto words = named ? (field.type == FieldType::list ? "list of " : "") + link_to(*named) : cell(type_words(field));
  return words + (field.nullable ? ", or null" : "");
}

void add_rows(const std::vector<Field>& fields, const std::string& prefix, bool request, std::string& page) {
  for (const auto& field : fields) {
    std::vector<std::string> cells{code(prefix + field.name), type_cell(field, !request)};
    auto help = cell(field.help);
    if (auto limit = limit_words(field); !limit.empty() && request) help += " (" + limit + ")";
    if (request) {
      bool told = field.default_json && *field.default_json != "null";
      cells.push_back(field.required ? "yes" : told ? "default " + code(*field.default_json) : "");
    }
    cells.push_back(help);
    page += table_row(cells);
    if (field.fields.empty() || (!request && answered_alone(field.fields))) continue;
    add_rows(field.fields, prefix + field.name + (field.type == FieldType::list ? "[]." : "."), request, page);
  }
}

std::string common_words() {
  std::vector<std::string> words;
  for (const auto& error : error_table())
    if (error.common) words.push_back(code(std::string(error.word)));
  return bindings::join(words, ", ");
}

std::string section(const Operation& operation) {
  std::string page = "\n## " + operation.name + "\n\n" + operation.help + ".\n\n";
  if (operation.help.ends_with('.')) page.erase(page.size() - 3, 1);
  page += "- Over HTTP: " + code(operation.http.method + " /api/v1" + operation.http.path) + "\n";
  page += "- Command line: " +
          code("clinic " + bindings::kebab(bindings::join(bindings::split(operation.name, '.'), " "))) + "\n";
  if (!operation.fault_field.empty())
    page += "- " + code(operation.fault_field) +
            " reports whether the operation found a fault; if it did, the command line exits with 1\n";
  page += std::string("- ") + (operation.writes ? "Writes, and may carry an idempotency key." : "Reads only.") + "\n";
  page += "- May be called by: " + operation.callers() + "\n";
  std::vector<std::string> errors;
  for (const auto& error : operation.errors)
    errors.push_back(code(error));
  if (!errors.empty()) page += "- Errors of its own: " + bindings::join(errors, ", ") + "\n";

  page += "\n**Request** " + code(operation.request_type) + "\n\n";
  if (operation.request.empty()) {
    page += "Nothing: `{}`.\n";
  } else {
    page += table_head({"Field", "Type", "Must be given", "Meaning"});
    add_rows(operation.request, "", true, page);
  }
  page += "\n**Answer** " + code(operation.response_type) + "\n\n";
  const auto* elsewhere = answered_alone(operation.response);
  if (elsewhere && elsewhere != &operation) {
    page += "The same as that of [" + elsewhere->name + "](#" + anchor(elsewhere->name) + ").\n";
  } else {
    page += table_head({"Field", "Type", "Meaning"});
    add_rows(operation.response, "", false, page);
  }
  return page;
}

}  // namespace

std::string operations_page() {
  auto page = generated_note("the operation table");
  page +=
      "# Operations\n\n"
      "This page lists every operation. Operations are the same in C++, C, the command line and the bindings. Their "
      "names are the same everywhere; the command line writes `-` for `_`. clinic itself has no HTTP server: the "
      "routes are for a host that has one.\n\n"
      "Every operation may also answer " +
      common_words() + "; see [errors](errors.md). [Access](access.md) says who may call what.\n";
  for (const auto& operation : bindings::operation_table())
    page += section(operation);
  return page;
}

}  // namespace clinic::docs
