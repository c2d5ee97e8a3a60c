#pragma once

/// \file
/// The language of templates, compiled. docs/messages.md describes the language.

#include "base/time_zone.hpp"
#include "messages/catalog.hpp"
#include "messages/language_formats.hpp"

#include <clinic/error.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// A mistake in a template. Lines and columns count from 1, columns in code points.
struct TemplateFault {
  std::size_t line = 1, column = 1;
  std::string_view code;  ///< of a field error
  std::string message;    ///< a whole sentence
};

/// Where the words go, piece by piece. What is literal is the template's own, and what is a value may be anybody's.
class TemplateOutput {
 public:
  TemplateOutput() = default;
  virtual ~TemplateOutput() = default;
  TemplateOutput(const TemplateOutput&) = delete;
  TemplateOutput& operator=(const TemplateOutput&) = delete;
  virtual void literal(std::string_view text) = 0;
  virtual void value(VariableType type, std::string_view text) = 0;
};

/// What values are shown by, beside their language.
struct ValueContext {
  const TimeZone& zone;
  std::string_view currency;  ///< of money that does not name its own; empty: none
};

/// What a text may not do because of where it is shown.
struct TemplatePlace {
  bool secrets = true;   ///< false: no secret, nor the link with it
  bool clinical = true;  ///< false: no variable that tells about the person's health
};

class TemplateProgram {
 public:
  static constexpr std::size_t deepest = 8;  ///< sections inside of one another

  /// Compiles a text, and appends what is wrong with it to `faults`. A program with faults is not to be rendered.
  /// `variables` have to live as long as the program. `first_line` is the text's place in its file.
  TemplateProgram(std::string_view text, std::size_t first_line, std::span<const MessageVariable> variables,
                  const LanguageFormats& formats, const TemplatePlace& place, std::vector<TemplateFault>& faults);

  /// Thread-safe. Throws Error(validation_failed) that names the value which is missing or of another form.
  void render(const boost::json::object& values, const LanguageFormats& formats, const ValueContext& context,
              TemplateOutput& output) const;
  /// Whether every rendered text has the variable.
  bool always_uses(std::string_view variable) const;

 private:
  friend class TemplateParser;

  enum class Action : std::uint8_t { literal, value, plural, skip_if_empty, skip_if_filled };
  enum class Filter : std::uint8_t { by_type, date, time, datetime, money };
  struct Step {
    Action action;
    Filter filter = Filter::by_type;
    std::uint32_t variable = 0;
    std::size_t begin = 0, end = 0;  ///< of a literal in text_, of plural forms in forms_; where a skip goes to: end
  };
  struct Form {
    PluralForm form;
    std::string text;
  };

  void plural(const Step& step, std::int64_t number, const LanguageFormats& formats, TemplateOutput& output) const;

  std::string text_;
  std::span<const MessageVariable> variables_;
  std::vector<Step> steps_;
  std::vector<Form> forms_;
  std::vector<bool> always_;  ///< by variable
};

}  // namespace clinic
