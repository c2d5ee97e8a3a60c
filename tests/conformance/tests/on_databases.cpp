/// \file
/// Runs clinic-plugin-check on new databases, which go with it:
///
///     on_databases CHECK-PROGRAM ARGUMENT… -- BACKEND=PLUGIN…
///
/// BACKEND is sqlite, postgresql, mysql (see TestDatabase), or `memory`, which needs none.

#include "support/test_database.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration)

using namespace clinic::test;

namespace {

/// As the variable of the same name says it, see backend_under_test().
Backend backend_named(const std::string& name) {
  for (const auto backend : {Backend::sqlite, Backend::postgresql, Backend::mysql})
    if (name == word(backend)) return backend;
  throw std::runtime_error("there is no backend " + name);
}

int run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ); error != 0)
    throw std::system_error(error, std::generic_category(), command[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int count, char** arguments) try {
  std::vector<std::string> command(arguments + 1, arguments + count);
  const auto end = std::find(command.begin(), command.end(), "--");
  if (command.empty() || end == command.end()) throw std::runtime_error("CHECK-PROGRAM ARGUMENT… -- BACKEND=PLUGIN…");
  const std::vector<std::string> plugins(end + 1, command.end());
  command.erase(end, command.end());
  std::vector<std::unique_ptr<TestDatabase>> databases;
  for (const auto& plugin : plugins) {
    const auto equals = plugin.find('=');
    const auto backend = plugin.substr(0, equals);
    command.push_back(plugin.substr(equals + 1));
    if (backend == "memory") {
      command.push_back("memory:check");
      continue;
    }
    databases.push_back(std::make_unique<TestDatabase>(backend_named(backend)));
    command.push_back(databases.back()->url());
  }
  return run(command);
} catch (const std::exception& failure) {
  std::cerr << "on_databases: " << failure.what() << '\n';
  return 1;
}
