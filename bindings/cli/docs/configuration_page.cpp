#include "default_text.hpp"
#include "markdown.hpp"
#include "pages.hpp"
#include "profiles.hpp"

#include <clinic/configuration.hpp>

#include <cctype>

namespace clinic::docs {
namespace {

std::string variable_of(std::string_view key, std::string name) {
  for (char character : key)
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
  return name;
}

std::string limits(const FieldDescription& field) {
  const auto& type = field.type->bare();
  const auto& rule = *field.rule;
  if (type.kind == TypeKind::text && rule.max_length > 0)
    return " (at most " + std::to_string(rule.max_length) + " characters)";
  if (type.kind == TypeKind::integer)
    return " (" + std::to_string(rule.minimum) + " to " + std::to_string(rule.maximum) + ")";
  return {};
}

/// A table of the keys; of those that variables may set, too, with their names.
std::string keys_of(const TypeDescription& type, const std::string& variables = {}) {
  std::vector<std::string> head{"Key", "Type", "Default", "Meaning"};
  if (!variables.empty()) head.insert(head.begin() + 1, "Variable");
  auto text = table_head(head);
  void* fresh = type.create();
  for (const auto& field : type.fields) {
    std::vector<std::string> cells{code(field.name), cell(type_text(*field.type)),
                                   code(default_text(*field.type, field.address_in(fresh))),
                                   cell(std::string(field.rule->help) + limits(field))};
    if (!variables.empty()) cells.insert(cells.begin() + 1, code(variable_of(field.name, variables)));
    text += table_row(cells);
  }
  type.destroy(fresh);
  return text;
}

std::string document_variables_table() {
  auto text = table_head({"Variable", "Sets", "Remark"});
  for (const auto& row : document_variables())
    text +=
        table_row({code(row.variable), row.key.empty() ? "nothing in this version" : code(row.key), cell(row.remark)});
  return text;
}

/// Per profile, what differs from the defaults.
std::string profile_tables() {
  std::string text;
  for (const auto& profile : profiles()) {
    text += "\n### " + profile.name + "\n\n";
    text += profile.summary + "\n\n" + table_head({"Key", "Value"});
    for (const auto& [key, value] : profile.keys)
      text += table_row({code(key), code(value)});
  }
  return text;
}

}  // namespace

std::string configuration_page() {
  auto page = generated_note("sdk/include/clinic/{configuration,policy}.hpp and sdk/profiles");
  page +=
      "# Configuration\n\n"
      "A value that is set further up in this list wins:\n\n"
      "1. code: what the host sets in `Configuration`, or the options of the command line,\n"
      "2. the environment: `CLINIC_` and the key in capitals, or a document's own name for it (below),\n"
      "3. the configuration file, JSON with the keys below,\n"
      "4. the profile, for the keys of the policy.\n\n"
      "An unknown key is refused, with the key that was probably meant.\n\n"
      "**The environment and the file are read only on request:**\n\n"
      "- These read them: the command line; in C++ `Configuration::load(file)` (an empty name: no file) and "
      "`with_environment()`; in C `clinic_open_file`; in Python `clinic.open_file`.\n"
      "- `Clinic::open({.storage = …})`, `clinic_open`, `clinic_open_url` and `clinic.open` take their argument as "
      "the whole configuration. So no environment variable changes what a program does: they do not read "
      "`CLINIC_MASTER_KEY`.\n"
      "- `CLINIC_PLUGIN_PATH` applies to all.\n\n"
      "```cpp\n"
      "auto clinic = clinic::Clinic::open(clinic::Configuration::load(\"clinic.json\"));  // the file, then the "
      "environment\n"
      "```\n\n"
      "```python\n"
      "clinic.open_file(\"clinic.json\")  # the same\n"
      "```\n\n"
      "```json\n"
      "{\"storage\": \"sqlite:clinic.db\", \"profile\": \"email-sync\", \"policy\": {\"time_zone\": "
      "\"Asia/Jakarta\"}}\n"
      "```\n\n"
      "`clinic init` writes such a file, with fresh secrets ([a clinic of your own](http.md#a-clinic-of-your-own)).\n\n"
      "## Keys\n\n" +
      keys_of(describe<Configuration>(), "CLINIC_") +
      "\n"
      "Each of `allowed_plugins` has `file`, an absolute path, and `sha256`. In variables, lists are separated by "
      "colons, and objects are JSON.\n\n"
      "The variable `CLINIC_PLUGIN_PATH` names more folders, which are searched for plugins after "
      "`plugin_directories`. `clinic plugins` shows what is found.\n\n"
      "## HTTP\n\n"
      "The keys of `http`, for `clinic serve` and hosts that embed the server ([http](http.md)). In variables, their "
      "lists are separated by commas, since addresses have colons.\n\n" +
      keys_of(describe<HttpSettings>(), "CLINIC_HTTP_") +
      "\n"
      "Each of `service_keys` has `name`, `role` and `sha256`.\n\n"
      "## Policy\n\n"
      "The policy holds what a clinic decides for itself. A profile sets these keys; `policy` in the configuration "
      "overrides some of them.\n\n" +
      keys_of(describe<Policy>()) +
      "\n"
      "## Profiles\n\n"
      "A profile is a JSON file with keys of the policy. A profile of the SDK is given by its name, one of your own "
      "by its absolute path.\n" +
      profile_tables() +
      "\n"
      "## Variables of the documents\n\n"
      "The documents that clinic replaces name these variables. clinic reads them, so that a deployment can stay as "
      "it is.\n\n" +
      document_variables_table();
  return page;
}

}  // namespace clinic::docs
