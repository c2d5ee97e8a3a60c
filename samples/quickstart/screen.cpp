#include "screen.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace {

std::string in_colour(std::string_view text, const char* code) {
  static const bool wanted = [] {
    const char* refused = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && !(refused && *refused);
  }();
  return wanted ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m" : std::string(text);
}

/// Characters, not bytes: the names on the screen are UTF-8.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

std::string spaces(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, length(text)), ' ');
}

}  // namespace

std::string bold(std::string_view text) { return in_colour(text, "1"); }
std::string dim(std::string_view text) { return in_colour(text, "2"); }
std::string green(std::string_view text) { return in_colour(text, "32"); }
std::string yellow(std::string_view text) { return in_colour(text, "33"); }

std::string left(std::string_view text, std::size_t width) { return std::string(text) + spaces(text, width); }
std::string right(std::string_view text, std::size_t width) { return spaces(text, width) + std::string(text); }

std::string thousands(long number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<long>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

void show_progress(std::string_view text) {
  static const bool wanted = isatty(STDERR_FILENO) == 1;
  if (wanted) std::cerr << "\r\x1b[K" << text << std::flush;
}
