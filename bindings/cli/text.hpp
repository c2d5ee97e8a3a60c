#pragma once

/// \file
/// Small things that one does with text on a terminal.

#include "table/words.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::cli {

using namespace bindings;  // the operation table, which all bindings share

/// Columns that the text takes on a terminal; wide characters take two.
std::size_t display_width(std::string_view text);

/// Cut to so many columns, with an ellipsis where something was cut.
std::string fit(std::string_view text, std::size_t width);

/// Filled up with spaces.
std::string pad(std::string_view text, std::size_t width, bool right_aligned = false);

/// Lines of at most `width` columns, broken at spaces; the lines after the first begin with `indent` spaces.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

/// Text from a record, made harmless: control characters and marks that turn the direction of writing are spelled out,
/// so that no record can move the cursor or disguise what is beside it.
std::string harmless(std::string_view text);

}  // namespace clinic::cli
