#pragma once

/// \file
/// What the outputs are connected to, and what may therefore be done with them.

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::cli {

bool input_is_terminal();
bool output_is_terminal();
bool errors_go_to_terminal();

/// Columns of the terminal: its own answer, else COLUMNS, else 80.
std::size_t terminal_width();

enum class Style { bold, dim, red, green, yellow };
enum class Stream { output, errors };

/// The text in that style, where the stream is a terminal and nobody objects (NO_COLOR, TERM=dumb).
std::string styled(std::string_view text, Style style, Stream stream = Stream::output);

}  // namespace clinic::cli
