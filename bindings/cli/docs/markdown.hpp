#pragma once

#include "table/field.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace clinic::docs {

/// Said at the top of every page.
std::string generated_note(std::string_view source);

/// Text as it may stand in a cell of a table.
std::string cell(std::string_view text);
std::string code(std::string_view text);

std::string table_head(const std::vector<std::string>& columns);
std::string table_row(const std::vector<std::string>& cells);

/// The word of a link to a heading: what GitHub makes of it.
std::string anchor(std::string_view heading);

}  // namespace clinic::docs
