#pragma once

/// \file
/// Small things that one does with text on a terminal.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::cli {

std::string join(const std::vector<std::string>& parts, std::string_view between);
std::vector<std::string> split(std::string_view text, char at);

/// `create_portal_account` → `create-portal-account`, and back.
std::string kebab(std::string_view snake_case);
std::string snake(std::string_view kebab_case);

/// The candidate that was probably meant, or an empty text.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

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
