#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text for a screen, in colours where standard output is a terminal and NO_COLOR is not set.
std::string bold(std::string_view text);
std::string dim(std::string_view text);
std::string green(std::string_view text);
std::string yellow(std::string_view text);

/// Filled up with spaces, on the right or on the left.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);

/// 1,000
std::string thousands(long number);

/// A line that the next one overwrites; nothing where standard error is no terminal. An empty text clears it.
void show_progress(std::string_view text);
