#include "messages/error_texts.hpp"

#include "base/made_once.hpp"
#include "base/unicode.hpp"
#include "messages/built_in_templates.hpp"
#include "messages/language_formats.hpp"
#include "messages/template_folder.hpp"
#include "messages/template_parser.hpp"

#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>

namespace clinic {
namespace {

using Faults = std::vector<TemplateFault>;

void add_fault(std::string_view code, std::string message, Faults& faults) {
  faults.push_back({1, 1, code, std::move(message)});
}

boost::json::object parsed_errors(std::string_view text, Faults& faults) {
  boost::json::stream_parser parser;
  boost::json::error_code failure;
  const auto read = parser.write_some(text.data(), text.size(), failure);
  if (!failure) parser.finish(failure);
  if (failure || text.find_first_not_of(" \n", read) != text.npos) {
    faults.push_back(
        fault_at(text, 1, std::min(read, text.size()), "invalid_format", "The file is no JSON from here."));
    return {};
  }
  auto value = parser.release();
  if (value.is_object()) return std::move(value.get_object());
  add_fault("wrong_type", "The file must hold a JSON object.", faults);
  return {};
}

const boost::json::object& part_of(const boost::json::object& file, std::string_view name, Faults& faults) {
  static const boost::json::object none;
  if (const auto* part = file.if_contains(name); part != nullptr && part->is_object()) return part->get_object();
  add_fault("required", "There has to be an object `" + std::string(name) + "`.", faults);
  return none;
}

/// A text, or several of which each needs fewer numbers.
std::vector<std::string> texts_of(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return {std::string(*text)};
  std::vector<std::string> texts;
  if (const auto* list = value.if_array())
    for (const auto& element : *list)
      if (const auto* text = element.if_string()) texts.emplace_back(*text);
  return texts;
}

/// The whole numbers of a sentence, but for those in the names that are quoted in it.
std::vector<std::string> numbers_of(std::string_view sentence) {
  std::vector<std::string> numbers;
  bool quoted = false, running = false;
  for (const char c : sentence) {
    if (c == '`') quoted = !quoted;
    const bool digit = !quoted && c >= '0' && c <= '9';
    if (digit && !running) numbers.emplace_back();
    if (digit) numbers.back() += c;
    running = digit;
  }
  return numbers;
}

/// The text with the field's path, and with the numbers of the English sentence; nothing if that has too few.
std::optional<std::string> filled(std::string_view text, const FieldError& field) {
  const auto numbers = numbers_of(field.message);
  std::string out;
  for (;;) {
    const auto open = text.find('{');
    out.append(text.substr(0, open));
    if (open == text.npos) return out;
    const auto close = std::min(text.find('}', open), text.size() - 1);
    const auto name = text.substr(open + 1, close - open - 1);
    if (name == "path") {
      out.append(field.path);
    } else {
      const auto index = static_cast<std::size_t>(name.empty() ? 0 : name.front() - '1');
      if (index >= numbers.size()) return std::nullopt;
      out.append(numbers[index]);
    }
    text.remove_prefix(close + 1);
  }
}

/// Whether every brace holds `path`, `1` or `2`.
bool is_fillable(std::string_view text) {
  for (;;) {
    const auto open = text.find_first_of("{}");
    if (open == text.npos) return true;
    const auto rest = text.substr(open);
    const auto fits = [&](std::string_view name) { return rest.starts_with(name); };
    if (!fits("{path}") && !fits("{1}") && !fits("{2}")) return false;
    text.remove_prefix(open + rest.find('}') + 1);
  }
}

/// Errors are one line, on a terminal and in a log.
bool has_controls(std::string_view text) { return unicode::any_of(text, unicode::is_control); }

bool is_field_code(std::string_view code) {
  return std::find(field_error_codes.begin(), field_error_codes.end(), code) != field_error_codes.end();
}

bool is_error_code(std::string_view word) {
  return std::any_of(error_table().begin(), error_table().end(), [&](const auto& row) { return row.word == word; });
}

/// The row whose English words these are, or null.
const ErrorInfo* row_of(std::string_view message) {
  for (const auto& row : error_table())
    if (row.message == message) return &row;
  return nullptr;
}

}  // namespace

ErrorTexts::ErrorTexts(const std::optional<std::string>& folder) {
  std::vector<FieldError> errors, others;
  for (const auto& file : built_in_templates())
    if (file.path.ends_with("/errors.json"))
      read({std::string(file.path), std::string(file.path), std::string(file.text)}, errors);
  if (folder)  // what else is in it is for Templates to judge
    for (const auto& file : read_template_folder(*folder, others))
      if (file.path.ends_with("/errors.json")) read(file, errors);
  if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
}

void ErrorTexts::read(const TemplateText& file, std::vector<FieldError>& errors) {
  Faults faults;
  Language language;
  const auto tag = file.path.substr(0, file.path.find('/'));
  const auto json = parsed_errors(file.text, faults);
  if (faults.empty()) {
    for (const auto& [key, value] : part_of(json, "codes", faults)) {
      const std::string code(key);
      if (!is_error_code(code) || !value.is_string() || value.get_string().empty())
        add_fault("unknown_word", "`codes." + code + "` is no code of an error with a text.", faults);
      else if (has_controls(value.get_string()))
        add_fault("control_character", "`codes." + code + "` holds a control character.", faults);
      else
        language.codes.emplace(code, value.get_string());
    }
    for (const auto& [key, value] : part_of(json, "fields", faults)) {
      const std::string code(key);
      auto texts = texts_of(value);
      const bool fillable = std::all_of(texts.begin(), texts.end(), is_fillable);
      // The last one serves any error.
      const bool serves = !texts.empty() && !texts.back().empty() && texts.back().find("{1}") == std::string::npos &&
                          texts.back().find("{2}") == std::string::npos;
      if (!is_field_code(code) || !fillable || !serves)
        add_fault("unknown_word",
                  "`fields." + code +
                      "` is no code of a field error with a text, or with texts of which the last has neither {1} nor "
                      "{2}; other braces than these and {path} are not known.",
                  faults);
      else if (std::any_of(texts.begin(), texts.end(), has_controls))
        add_fault("control_character", "`fields." + code + "` holds a control character.", faults);
      else
        language.fields.emplace(code, std::move(texts));
    }
  }
  if (faults.empty()) {
    for (const auto& row : error_table())
      if (!language.codes.contains(row.word))
        add_fault("required", "`codes." + std::string(row.word) + "` is missing.", faults);
    for (const auto code : field_error_codes)
      if (!language.fields.contains(code))
        add_fault("required", "`fields." + std::string(code) + "` is missing.", faults);
  }
  add_template_faults(file, faults, errors);
  languages_.insert_or_assign(tag, std::move(language));
}

const ErrorTexts::Language* ErrorTexts::find(std::string_view locale) const {
  const auto canonical = canonical_language_tag(locale);
  if (!canonical) return nullptr;
  for (std::string_view tag = *canonical; !tag.empty(); tag = shorter_language_tag(tag))
    if (const auto found = languages_.find(tag); found != languages_.end()) return &found->second;
  return nullptr;
}

Error ErrorTexts::localized(const Error& error, std::string_view locale) const {
  const auto* language = find(locale);
  if (language == nullptr) return error;
  const auto words_of = [&](const ErrorInfo& row) { return language->codes.find(row.word)->second; };
  auto fields = error.fields();
  for (auto& field : fields) {
    // Where a field's message is that of a code, it says more than the field's own code.
    if (const auto* row = row_of(field.message)) {
      field.message = words_of(*row);
      continue;
    }
    const auto texts = language->fields.find(field.code);
    if (texts == language->fields.end()) continue;
    for (const auto& text : texts->second) {
      if (auto words = filled(text, field)) {
        field.message = std::move(*words);
        break;
      }
    }
  }
  const bool of_field = !fields.empty() && error.detail() == error.fields().front().message;
  // An error may have the words of another code, so that it does not tell which record there is.
  const auto* row = row_of(error.message());
  auto out = Error(error.code(), of_field ? std::string() : error.detail(), std::move(fields))
                 .with_message(words_of(row == nullptr ? info(error.code()) : *row));
  out.http_status(error.http_status());
  out.retry_after_seconds(error.retry_after_seconds());
  return out;
}

Error localized(const Error& error, std::string_view locale) {
  return made_once([] { return ErrorTexts(); }).localized(error, locale);
}

}  // namespace clinic
