#pragma once

/// \file
/// The file of one kind of message in one language.

#include "messages/template_program.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// A text with its place in the folder of templates.
struct TemplateText {
  std::string path;   ///< `ar/invitation.txt`
  std::string shown;  ///< how errors name it: the path, or the whole path of a file of the clinic's
  std::string text;
};

/// The texts of one kind of message in one language.
struct MessageTexts {
  std::optional<TemplateProgram> subject, text, button, sms, sms_shared;
};

/// Compiles the file. Appends what is wrong with it to `faults`: sections that are missing or not for this kind, values
/// that a text has to have, and the mistakes of the texts themselves.
MessageTexts read_message_texts(const TemplateText& file, const MessageKind& kind, const LanguageFormats& formats,
                                std::vector<TemplateFault>& faults);

/// Appends a field error for each fault: `ar/invitation.txt:7:12: There is no variable …`.
void add_template_faults(const TemplateText& file, const std::vector<TemplateFault>& faults,
                         std::vector<FieldError>& errors);

}  // namespace clinic
