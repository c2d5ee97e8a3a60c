#pragma once

#include "messages/template_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// The files of a folder of templates: `layout.html`, `<language>/<key>.txt` and `<language>/errors.json`. Appends a
/// field error for whatever else there is in it, but for names that begin with a dot. Throws
/// Error(configuration_invalid) if the folder cannot be read.
std::vector<TemplateText> read_template_folder(const std::string& folder, std::vector<FieldError>& errors);

/// `ar/invitation.txt` is `ar` and `invitation`. Of a path of another form, both are empty.
struct TemplatePath {
  std::string_view language, key;
};
TemplatePath template_path(std::string_view path);

}  // namespace clinic
