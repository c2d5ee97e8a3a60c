#include "messages/template_file.hpp"

#include "base/formats.hpp"
#include "messages/template_parser.hpp"
#include "meta/field_errors.hpp"

#include <algorithm>
#include <array>

namespace clinic {
namespace {

/// What may stand in a file, and what is asked of it.
struct SectionRule {
  std::string_view name;
  std::optional<TemplateProgram> MessageTexts::*text;
  bool allowed, required, one_line, carries_needed;
  TemplatePlace place;
};

std::array<SectionRule, 5> section_rules(const MessageKind& kind) {
  const bool shared = kind.sms && kind.clinical;
  return {{{"subject", &MessageTexts::subject, kind.email, kind.email, true, false, {.secrets = false}},
           {"text", &MessageTexts::text, kind.email, kind.email, false, true, {}},
           {"button", &MessageTexts::button, kind.email, false, true, false, {.secrets = false}},
           {"sms", &MessageTexts::sms, kind.sms, kind.sms, false, true, {}},
           {"sms_shared", &MessageTexts::sms_shared, shared, shared, false, true, {.clinical = false}}}};
}

struct FileSection {
  std::string_view name;
  std::size_t line = 0;  ///< of its heading
  std::size_t first = 0;
  std::string_view text;
};

/// The name, if the line is a section's heading.
std::optional<std::string_view> heading(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return std::nullopt;
  const auto name = line.substr(1, line.size() - 2);
  const bool word = std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return word ? std::optional(name) : std::nullopt;
}

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

/// Cuts a file at its headings. Blank lines at a section's ends are none of its text.
class FileSections {
 public:
  FileSections(std::string_view text, std::vector<TemplateFault>& faults) : text_(text), faults_(faults) {
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      line(text.substr(at, end - at), at, ++number);
      at = end + 1;
    }
    finish();
    last_line_ = std::max<std::size_t>(number, 1);
  }

  const std::vector<FileSection>& all() const { return sections_; }
  std::size_t last_line() const { return last_line_; }

 private:
  void line(std::string_view line, std::size_t at, std::size_t number) {
    if (const auto name = heading(line)) {
      finish();
      for (const auto& section : sections_)
        if (section.name == *name)
          faults_.push_back({number, 1, "duplicate", "The section [" + std::string(*name) + "] stands there twice."});
      sections_.push_back({*name, number, number + 1, {}});
      begin_ = end_ = at + line.size();
      return;
    }
    if (is_blank_line(line)) return;
    if (sections_.empty()) {
      if (line.front() != '#')
        faults_.push_back({number, 1, "invalid_format",
                           "Before the first section, such as [subject], are only comments, which begin with #."});
      return;
    }
    auto& section = sections_.back();
    if (!filled_) {
      section.first = number;
      begin_ = at;
      filled_ = true;
    }
    end_ = at + line.size();
  }

  void finish() {
    if (!sections_.empty()) sections_.back().text = text_.substr(begin_, filled_ ? end_ - begin_ : 0);
    filled_ = false;
  }

  std::string_view text_;
  std::vector<TemplateFault>& faults_;
  std::vector<FileSection> sections_;
  std::size_t begin_ = 0, end_ = 0, last_line_ = 1;
  bool filled_ = false;
};

void check_needed(const TemplateProgram& program, const FileSection& section, const MessageKind& kind,
                  std::vector<TemplateFault>& faults) {
  for (const auto& variable : kind.variables) {
    if (!variable.needed || program.always_uses(variable.name)) continue;
    const bool secret = variable.type == VariableType::secret && !kind.link_parameter.empty();
    if (secret && program.always_uses("link")) continue;
    faults.push_back({section.line, 1, "required",
                      "The section [" + std::string(section.name) + "] has to have {{" + std::string(variable.name) +
                          "}}" + (secret ? " or {{link}}" : "") + ", and not only inside of {{#…}} or {{^…}}."});
  }
}

}  // namespace

MessageTexts read_message_texts(const TemplateText& file, const MessageKind& kind, const LanguageFormats& formats,
                                std::vector<TemplateFault>& faults) {
  MessageTexts texts;
  if (!valid_utf8(file.text)) {
    faults.push_back({1, 1, "invalid_utf8", "The file is not valid UTF-8."});
    return texts;
  }
  if (const auto found = file.text.find_first_of(std::string_view("\0\r", 2)); found != file.text.npos) {
    faults.push_back(fault_at(file.text, 1, found, "control_character", "Lines end with a line feed alone."));
    return texts;
  }
  const FileSections sections(file.text, faults);
  const auto rules = section_rules(kind);
  for (const auto& section : sections.all()) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return r.name == section.name; });
    if (rule == rules.end() || !rule->allowed) {
      faults.push_back({section.line, 1, rule == rules.end() ? "unknown_word" : "not_applicable",
                        (rule == rules.end() ? "There is no section [" : "This kind of message has no section [") +
                            std::string(section.name) + "]."});
      continue;
    }
    const auto before = faults.size();
    if (section.text.empty())
      faults.push_back({section.line, 1, "required", "The section [" + std::string(section.name) + "] is empty."});
    if (rule->one_line && section.text.find('\n') != section.text.npos)
      faults.push_back({section.first + 1, 1, "line_break_not_allowed",
                        "The section [" + std::string(section.name) + "] is a single line."});
    TemplateProgram program(section.text, section.first, kind.variables, formats, rule->place, faults);
    if (rule->carries_needed && faults.size() == before) check_needed(program, section, kind, faults);
    texts.*rule->text = std::move(program);
  }
  for (const auto& rule : rules)
    if (rule.required && !(texts.*rule.text))
      faults.push_back(
          {sections.last_line(), 1, "required", "The section [" + std::string(rule.name) + "] is missing."});
  return texts;
}

void add_template_faults(const TemplateText& file, const std::vector<TemplateFault>& faults,
                         std::vector<FieldError>& errors) {
  FieldErrors out(errors);
  for (const auto& fault : faults)
    out.add_sentence(
        "templates", fault.code,
        file.shown + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.message);
}

}  // namespace clinic
