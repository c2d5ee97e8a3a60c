#include "request_flags.hpp"

#include "field_value.hpp"
#include "secret_input.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

namespace clinic::cli {
namespace {

std::string flag_of(const Field& field) { return "--" + kebab(field.name); }

/// What stands behind the flag in help.
std::string placeholder(const Field& field) {
  switch (field.type) {
    case FieldType::text:
      return field.secret ? "TEXT|-" : field.format == "email" ? "EMAIL" : "TEXT";
    case FieldType::integer:
      return "N";
    case FieldType::boolean:
      return "";
    case FieldType::date:
      return "YYYY-MM-DD";
    case FieldType::timestamp:
      return "TIME";
    case FieldType::word:
      return join(field.words, "|");
    case FieldType::json:
      return "JSON";
    case FieldType::object:
      break;
    case FieldType::list:
      if (field.fields.empty()) return (field.element.empty() ? "JSON" : placeholder(field.element.front())) + " …";
      break;
  }
  std::vector<std::string> members;
  for (const auto& each : field.fields)
    members.push_back(each.name + "=…");
  return members.empty() ? "JSON" : join(members, ",");
}

std::string help_of(const Field& field) {
  auto help = field.help;
  std::vector<std::string> notes;
  if (auto limit = limit_words(field); !limit.empty()) notes.push_back(limit);
  if (field.default_json && *field.default_json != "null" && *field.default_json != "[]" &&
      *field.default_json != "\"\"" && *field.default_json != "false") {
    auto shown = *field.default_json;
    std::erase(shown, '"');
    notes.push_back("default " + shown);
  }
  if (field.type == FieldType::list) notes.emplace_back("may be repeated; or a JSON array");
  if (field.secret)
    notes.emplace_back("others can read it on the command line: give - to be asked, or for a line of standard input");
  if (!notes.empty()) help += " (" + join(notes, "; ") + ")";
  return help;
}

bool is_set(const CLI::Option* option) { return option && option->count() > 0; }

}  // namespace

RequestFlags::RequestFlags(CLI::App& command, const Operation& operation) {
  for (const auto& field : operation.request)
    add(command, operation, field);
  add_clear(command, operation);
}

void RequestFlags::add(CLI::App& command, const Operation& operation, const Field& field) {
  const auto flag = flag_of(field);
  const auto* group = field.required ? "Required" : "Fields";
  CLI::Option* option = nullptr;
  const CLI::Option* file = nullptr;
  if (field.type == FieldType::boolean) {
    option = command.add_flag(flag + ",!--no-" + kebab(field.name));
  } else {
    const bool main = operation.main_field() == &field;
    option = command.add_option((main ? kebab(field.name) + "," : "") + flag);
    option->option_text(placeholder(field));
    if (field.type == FieldType::list) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  option->description(help_of(field))->group(group);
  if (field.secret)
    file = command.add_option(flag + "-file")
               ->option_text("FILE")
               ->description("The same, from the first line of a file")
               ->group(group)
               ->excludes(option);
  flags_.push_back({&field, option, file});
}

void RequestFlags::add_clear(CLI::App& command, const Operation& operation) {
  std::vector<std::string> names;
  for (const auto& field : operation.request)
    if (field.patch) names.push_back(kebab(field.name));
  if (names.empty()) return;
  clear_ =
      command.add_option("--clear")
          ->option_text("FIELD …")
          ->description("Empty this field, as distinct from leaving it alone; may be repeated: " + join(names, ", "))
          ->group("Fields")
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

boost::json::object RequestFlags::request() const {
  boost::json::object request;
  std::vector<std::string> missing;
  for (const auto& [field, option, file] : flags_) {
    const auto flag = flag_of(*field);
    if (is_set(file)) {
      request[field->name] = secret_from_file(file->results().front());
    } else if (!is_set(option)) {
      if (field->required) missing.push_back(flag);
    } else if (field->type == FieldType::list) {
      request[field->name] = field_values(*field, option->results(), flag);
    } else {
      const auto& text = option->results().back();
      request[field->name] = field->secret && text == "-" ? boost::json::value(ask_secret(kebab(field->name)))
                                                          : field_value(*field, text, flag);
    }
  }
  if (!missing.empty()) throw UsageError("missing: " + join(missing, ", "));
  clear(request);
  return request;
}

void RequestFlags::clear(boost::json::object& request) const {
  if (!is_set(clear_)) return;
  for (const auto& names : clear_->results())
    for (const auto& name : split(names, ',')) {
      const Field* found = nullptr;
      for (const auto& flag : flags_)
        if (flag.field->name == snake(name)) found = flag.field;
      if (!found || !found->patch) throw UsageError("--clear " + name + ": there is no such field to empty");
      if (request.contains(found->name)) throw UsageError("--clear " + name + ": the field is also given a value");
      request[found->name] = nullptr;
    }
}

}  // namespace clinic::cli
