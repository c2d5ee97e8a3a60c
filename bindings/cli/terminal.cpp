#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace clinic::cli {
namespace {

constexpr std::size_t usual_width = 80;

bool colours_wanted() {
  // https://no-color.org: any value but an empty one
  if (const char* refused = std::getenv("NO_COLOR"); refused && *refused) return false;
  const char* terminal = std::getenv("TERM");
  return terminal && std::string_view(terminal) != "dumb";
}

std::string_view code(Style style) {
  switch (style) {
    case Style::bold:
      return "1";
    case Style::dim:
      return "2";
    case Style::red:
      return "31";
    case Style::green:
      return "32";
    case Style::yellow:
      return "33";
  }
  return "0";
}

}  // namespace

bool input_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }
bool output_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool errors_go_to_terminal() { return ::isatty(STDERR_FILENO) == 1; }

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  std::size_t columns = 0;
  if (const char* text = std::getenv("COLUMNS")) {
    std::string_view digits = text;
    std::from_chars(digits.data(), digits.data() + digits.size(), columns);
  }
  return columns > 0 ? columns : usual_width;
}

std::string styled(std::string_view text, Style style, Stream stream) {
  static const bool wanted = colours_wanted();
  if (!wanted || !(stream == Stream::output ? output_is_terminal() : errors_go_to_terminal())) return std::string(text);
  return "\x1b[" + std::string(code(style)) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace clinic::cli
