#include "messages/template_program.hpp"

#include "messages/template_parser.hpp"
#include "messages/values.hpp"

#include <algorithm>
#include <chrono>

namespace clinic {

TemplateProgram::TemplateProgram(std::string_view text, std::size_t first_line,
                                 std::span<const MessageVariable> variables, const LanguageFormats& formats,
                                 const TemplatePlace& place, std::vector<TemplateFault>& faults)
    : text_(text), variables_(variables), always_(variables.size()) {
  parse_template(*this, first_line, formats, place, faults);
}

bool TemplateProgram::always_uses(std::string_view variable) const {
  for (std::size_t i = 0; i < variables_.size(); ++i)
    if (variables_[i].name == variable) return always_[i];
  return false;
}

void TemplateProgram::plural(const Step& step, std::int64_t number, const LanguageFormats& formats,
                             TemplateOutput& output) const {
  const auto form = formats.plural_form(number);
  const auto begin = forms_.begin() + static_cast<std::ptrdiff_t>(step.begin);
  const auto end = forms_.begin() + static_cast<std::ptrdiff_t>(step.end);
  auto chosen = std::find_if(begin, end, [&](const Form& candidate) { return candidate.form == form; });
  if (chosen == end)
    chosen = std::find_if(begin, end, [](const Form& candidate) { return candidate.form == PluralForm::other; });
  std::string text = chosen->text;
  for (std::size_t at = 0; (at = text.find('#', at)) != text.npos;) {
    const auto shown = formats.number(number);
    text.replace(at, 1, shown);
    at += shown.size();
  }
  output.literal(text);
}

void TemplateProgram::render(const boost::json::object& values, const LanguageFormats& formats,
                             const ValueContext& context, TemplateOutput& output) const {
  for (std::size_t i = 0; i < steps_.size();) {
    const auto& step = steps_[i++];
    if (step.action == Action::literal) {
      output.literal(std::string_view(text_).substr(step.begin, step.end - step.begin));
      continue;
    }
    const auto& variable = variables_[step.variable];
    if (step.action == Action::skip_if_empty || step.action == Action::skip_if_filled) {
      if (is_empty_value(values, variable) == (step.action == Action::skip_if_empty)) i = step.end;
      continue;
    }
    if (step.action == Action::plural) {
      plural(step, count_value(values, variable), formats, output);
      continue;
    }
    switch (variable.type) {
      case VariableType::text:
      case VariableType::url:
      case VariableType::secret:
      case VariableType::markup:
        output.value(variable.type, text_value(values, variable));
        break;
      case VariableType::count:
        output.value(variable.type, formats.number(count_value(values, variable)));
        break;
      case VariableType::money: {
        const auto money = money_value(values, variable, context.currency);
        output.value(variable.type, formats.money(money.minor_units, money.currency));
        break;
      }
      case VariableType::date:
        output.value(variable.type, formats.date(std::chrono::sys_days(date_value(values, variable))));
        break;
      case VariableType::datetime: {
        const std::chrono::sys_time<std::chrono::milliseconds> wall(
            context.zone.local(datetime_value(values, variable)).time_since_epoch());
        output.value(variable.type, step.filter == Filter::date   ? formats.date(wall)
                                    : step.filter == Filter::time ? formats.time(wall)
                                                                  : formats.datetime(wall));
        break;
      }
    }
  }
}

}  // namespace clinic
