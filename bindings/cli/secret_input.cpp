#include "secret_input.hpp"

#include "terminal.hpp"
#include "usage_error.hpp"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <iostream>

namespace clinic::cli {
namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// Switches the terminal's echo off for a scope. A signal that ends the program switches it on before: the terminal
/// outlives the program.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before) != 0) return;
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
      watch(ending_signals[i], actions_[i]);
    auto quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = true;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() {
    if (!changed_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
      ::sigaction(ending_signals[i], &actions_[i], nullptr);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  /// One that is ignored, as nohup has it, stays so.
  static void watch(int signal, struct sigaction& action) {
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) return;
    struct sigaction restoring {};
    restoring.sa_handler = restore_and_end;
    restoring.sa_flags = static_cast<int>(SA_RESETHAND);  // raised again, it does what it does without a handler
    ::sigaction(signal, &restoring, nullptr);
  }

  static void restore_and_end(int signal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    ::raise(signal);
  }

  static inline termios before{};  ///< for a handler, which gets no object; there is one scope at a time
  std::array<struct sigaction, ending_signals.size()> actions_{};
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
