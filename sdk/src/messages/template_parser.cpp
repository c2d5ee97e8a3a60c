#include "messages/template_parser.hpp"

#include "base/formats.hpp"

#include <clinic/text.hpp>

#include <algorithm>

namespace clinic {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string quoted(std::string_view text) { return "`" + std::string(first_bytes(text, 60)) + "`"; }

}  // namespace

TemplateFault fault_at(std::string_view text, std::size_t first_line, std::size_t byte, std::string_view code,
                       std::string message) {
  const auto before = text.substr(0, byte);
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {first_line + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          1 + code_points(before.substr(line_begin)), code, std::move(message)};
}

class TemplateParser {
 public:
  TemplateParser(TemplateProgram& program, std::size_t first_line, const LanguageFormats& formats,
                 const TemplatePlace& place, std::vector<TemplateFault>& faults)
      : program_(program),
        text_(program.text_),
        first_line_(first_line),
        formats_(formats),
        place_(place),
        faults_(faults) {}

  void parse() {
    while (at_ < text_.size()) {
      const auto open = text_.find("{{", at_);
      if (const auto close = text_.find("}}", at_); close < open) {
        fault(close, "invalid_format", "`}}` closes nothing");
        at_ = close + 2;
      } else if (open == text_.npos) {
        literal(text_.size());
      } else {
        tag(open);
      }
    }
    for (const auto& section : sections_)
      fault(section.at, "invalid_format", "The section " + quoted(section.name) + " is not closed");
  }

 private:
  using Program = TemplateProgram;
  struct Section {
    std::string_view name;
    std::size_t at;        ///< its tag
    std::size_t step;      ///< its skip
    std::size_t variable;  ///< none where it is unknown
    bool filled;
  };
  static constexpr auto none = static_cast<std::size_t>(-1);

  void literal(std::size_t end) {
    if (end > at_) program_.steps_.push_back({.action = Program::Action::literal, .begin = at_, .end = end});
    at_ = std::max(at_, end);
  }

  void tag(std::size_t open) {
    const auto line_end = std::min(text_.find('\n', open), text_.size());
    const auto close = text_.find("}}", open + 2);
    if (close > line_end || close == text_.npos) {
      fault(open, "invalid_format", "`{{` is not closed on its line");
      at_ = line_end;
      return;
    }
    const auto inside = without_blanks(text_.substr(open + 2, close - open - 2));
    const char mark = inside.empty() ? '\0' : inside.front();
    if (mark != '#' && mark != '^' && mark != '/') {
      literal(open);
      at_ = close + 2;
      return value(open, inside);
    }
    // A section's tag alone on its line is no line of the message.
    const auto line_begin = text_.rfind('\n', open) + 1;
    const bool alone = without_blanks(text_.substr(line_begin, open - line_begin)).empty() &&
                       without_blanks(text_.substr(close + 2, line_end - close - 2)).empty();
    literal(alone ? line_begin : open);
    at_ = alone ? std::min(line_end + 1, text_.size()) : close + 2;
    const auto name = without_blanks(inside.substr(1));
    if (mark == '/')
      end_section(open, name);
    else
      begin_section(open, name, mark == '#');
  }

  void begin_section(std::size_t open, std::string_view name, bool filled) {
    const auto variable = find(open, name);
    if (sections_.size() == Program::deepest)
      fault(open, "too_long", "Sections may be nested " + std::to_string(Program::deepest) + " deep at the most");
    sections_.push_back({name, open, program_.steps_.size(), variable, filled});
    program_.steps_.push_back({.action = filled ? Program::Action::skip_if_empty : Program::Action::skip_if_filled,
                               .variable = static_cast<std::uint32_t>(variable == none ? 0 : variable)});
  }

  void end_section(std::size_t open, std::string_view name) {
    if (sections_.empty()) return fault(open, "invalid_format", "The section " + quoted(name) + " was not opened");
    const auto& section = sections_.back();
    if (section.name != name)
      fault(open, "invalid_format",
            "The section to be closed here is " + quoted(section.name) + ", not " + quoted(name));
    program_.steps_[section.step].end = program_.steps_.size();
    sections_.pop_back();
  }

  void value(std::size_t open, std::string_view inside) {
    const auto bar = inside.find('|');
    const auto variable = find(open, without_blanks(inside.substr(0, bar)));
    if (variable == none) return;
    const auto& described = program_.variables_[variable];
    check_place(open, described);
    check_sections(open, variable);
    if (sections_.empty()) program_.always_[variable] = true;
    Program::Step step{.action = Program::Action::value, .variable = static_cast<std::uint32_t>(variable)};
    if (bar != inside.npos) filter(open, described, without_blanks(inside.substr(bar + 1)), step);
    program_.steps_.push_back(step);
  }

  void check_place(std::size_t open, const MessageVariable& variable) {
    if (!place_.secrets && (variable.type == VariableType::secret || variable.name == "link"))
      fault(open, "not_allowed", quoted(variable.name) + " is secret, and a subject is shown everywhere");
    if (!place_.clinical && variable.clinical)
      fault(open, "not_allowed",
            quoted(variable.name) + " tells about the person's health, and others read an SMS to a shared telephone");
  }

  /// What may be empty is used only where it is not.
  void check_sections(std::size_t open, std::size_t variable) {
    const auto& described = program_.variables_[variable];
    bool filled = false;
    for (const auto& section : sections_) {
      if (section.variable != variable) continue;
      if (!section.filled) return fault(open, "not_allowed", quoted(described.name) + " is empty in this section");
      filled = true;
    }
    if (described.optional && !filled)
      fault(open, "not_allowed",
            quoted(described.name) + " may be empty: it belongs inside {{#" + std::string(described.name) +
                "}} and {{/" + std::string(described.name) + "}}");
  }

  void filter(std::size_t open, const MessageVariable& variable, std::string_view filter, Program::Step& step) {
    using Filter = Program::Filter;
    const auto needs = [&](bool fits, std::string_view types) {
      if (!fits)
        fault(open, "wrong_type",
              quoted(variable.name) + " is of the type " + std::string(type_word(variable.type)) + ", and " +
                  quoted(filter.substr(0, filter.find(':'))) + " is for " + std::string(types));
    };
    const bool time = variable.type == VariableType::datetime;
    if (filter == "date") {
      needs(time || variable.type == VariableType::date, "date and datetime");
      step.filter = Filter::date;
    } else if (filter == "time") {
      needs(time, "datetime");
      step.filter = Filter::time;
    } else if (filter == "datetime") {
      needs(time, "datetime");
      step.filter = Filter::datetime;
    } else if (filter == "money") {
      needs(variable.type == VariableType::money, "money");
      step.filter = Filter::money;
    } else if (filter.starts_with("plural:")) {
      needs(variable.type == VariableType::count, "count");
      step.action = Program::Action::plural;
      step.begin = program_.forms_.size();
      plural_forms(open, filter.substr(7));
      step.end = program_.forms_.size();
    } else {
      fault(open, "unknown_word",
            "There is no filter " + quoted(filter) + ": date, time, datetime, money or plural:one=…;other=…");
    }
  }

  void plural_forms(std::size_t open, std::string_view text) {
    const auto first = static_cast<std::ptrdiff_t>(program_.forms_.size());
    const auto given = [&](PluralForm form) {
      return std::any_of(program_.forms_.begin() + first, program_.forms_.end(),
                         [&](const auto& candidate) { return candidate.form == form; });
    };
    for (;;) {
      const auto end = text.find(';');
      const auto part = text.substr(0, end);
      const auto equals = part.find('=');
      const auto word = without_blanks(part.substr(0, equals));
      const auto found = std::find(plural_form_words.begin(), plural_form_words.end(), word);
      const auto form = static_cast<PluralForm>(found - plural_form_words.begin());
      if (equals == part.npos)
        fault(open, "invalid_format", "A plural form is written one=…, not " + quoted(part));
      else if (found == plural_form_words.end())
        fault(open, "unknown_word", "There is no plural form " + quoted(word) + ": zero, one, two, few, many, other");
      else if (given(form))
        fault(open, "duplicate", "The plural form " + quoted(word) + " stands there twice");
      else if (form != PluralForm::other && !formats_.has_plural_form(form))
        fault(open, "not_applicable", "The language has no plural form " + quoted(word));
      else
        program_.forms_.push_back({form, std::string(without_blanks(part.substr(equals + 1)))});
      if (end == text.npos) break;
      text.remove_prefix(end + 1);
    }
    auto needed = formats_.plural_forms();
    if (std::find(needed.begin(), needed.end(), PluralForm::other) == needed.end()) needed.push_back(PluralForm::other);
    for (const auto form : needed)
      if (!given(form))
        fault(open, "required",
              "The plural form " + quoted(plural_form_words[static_cast<std::size_t>(form)]) +
                  " is missing, which the language needs");
  }

  std::size_t find(std::size_t open, std::string_view name) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < program_.variables_.size(); ++i) {
      if (program_.variables_[i].name == name) return i;
      names.push_back(program_.variables_[i].name);
    }
    auto message = "There is no variable " + quoted(name);
    if (const auto near = suggestion(name, names); !near.empty()) message += "; did you mean " + quoted(near) + "?";
    fault(open, "unknown_word", std::move(message));
    return none;
  }

  void fault(std::size_t byte, std::string_view code, std::string message) {
    if (!message.ends_with('?')) message += '.';
    faults_.push_back(fault_at(text_, first_line_, byte, code, std::move(message)));
  }

  Program& program_;
  std::string_view text_;
  std::size_t first_line_;
  const LanguageFormats& formats_;
  const TemplatePlace& place_;
  std::vector<TemplateFault>& faults_;
  std::size_t at_ = 0;
  std::vector<Section> sections_;
};

void parse_template(TemplateProgram& program, std::size_t first_line, const LanguageFormats& formats,
                    const TemplatePlace& place, std::vector<TemplateFault>& faults) {
  TemplateParser(program, first_line, formats, place, faults).parse();
}

}  // namespace clinic
