#include "secret_input.hpp"

#include "terminal.hpp"
#include "usage_error.hpp"

#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

namespace clinic::cli {
namespace {

/// Switches the terminal's echo off for a scope.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

std::string ask_secret(const std::string& what) {
  std::string line;
  if (input_is_terminal()) {
    NoEcho scope;  // before the prompt: who sees it may type
    std::cerr << what << ": " << std::flush;
    std::getline(std::cin, line);
    std::cerr << '\n';
  } else {
    std::getline(std::cin, line);
  }
  if (!std::cin) throw UsageError("standard input ended before the " + what);
  return line;
}

std::string secret_from_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw UsageError("there is no line to read in '" + path + "'");
  return line;
}

}  // namespace clinic::cli
