#include "messages/catalog.hpp"
#include "support/catch.hpp"
#include "support/folders.hpp"
#include "support/temp_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

using namespace clinic;
using namespace clinic::test;

namespace {

/// The row of a kind in the table of the documents.
std::string documented_row(const MessageKind& kind) {
  std::string row = "| `" + std::string(kind.key) + "` | " + std::string(kind.help) + " | ";
  row += kind.email && kind.sms ? "email, SMS" : kind.email ? "email" : "SMS";
  row += kind.security ? " | security | " : kind.clinical ? " | clinical | " : " | | ";
  for (const auto& variable : kind.variables) {
    const std::string mark = variable.needed ? "**" : variable.optional ? "*" : "";
    if (&variable != &kind.variables.front()) row += ", ";
    row.append(mark).append("`").append(variable.name).append("`").append(mark);
    if (variable.type != VariableType::text) row += " " + std::string(type_word(variable.type));
    if (variable.clinical) row += "†";
  }
  return row + " |\n";
}

}  // namespace

/// CLINIC_PRINT_KINDS=1 prints the rows.
TEST_CASE("The documents have the table of messages", "[NOTE-4][core]") {
  std::string documents;
  for (const auto& file : std::filesystem::directory_iterator(plugin_sources() + "/../docs"))
    if (file.path().extension() == ".md") documents += contents(file.path());
  for (const auto& kind : message_kinds()) {
    const auto row = documented_row(kind);
    if (std::getenv("CLINIC_PRINT_KINDS") != nullptr) std::cout << row;
    CAPTURE(row);
    CHECK(documents.find(row) != std::string::npos);
  }
}
