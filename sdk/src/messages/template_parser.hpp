#pragma once

#include "messages/template_program.hpp"

namespace clinic {

/// Compiles the program's text into its steps. See TemplateProgram's constructor.
void parse_template(TemplateProgram& program, std::size_t first_line, const LanguageFormats& formats,
                    const TemplatePlace& place, std::vector<TemplateFault>& faults);

/// The column of a byte of the text, in code points from 1, and its line, where the text's first line has the number
/// `first_line`.
TemplateFault fault_at(std::string_view text, std::size_t first_line, std::size_t byte, std::string_view code,
                       std::string message);

}  // namespace clinic
