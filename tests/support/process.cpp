#include "support/process.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace clinic::test {
namespace {

constexpr int patience_ms = 120000;

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  }
  int ends[2]{};
};

}  // namespace

Process::Process(std::vector<std::string> arguments) {
  Pipe in, out;
  std::vector<char*> argv;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  const int failure = ::posix_spawn(&id_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  input_ = in.ends[1];
  output_ = out.ends[0];
  if (failure != 0) {
    id_ = -1;
    throw std::runtime_error("cannot start " + arguments.front());
  }
}

Process::~Process() {
  kill();
  wait();
  close_input();
  ::close(output_);
}

void Process::say(std::string_view line) const {
  const auto text = std::string(line) + '\n';
  if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the process does not listen");
}

void Process::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::optional<std::string> Process::line() {
  for (;;) {
    if (auto end = pending_.find('\n'); end != pending_.npos) {
      auto line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd waiting{output_, POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) == 0) throw std::runtime_error("the process says nothing for two minutes");
    char buffer[65536];
    const auto size = ::read(output_, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return std::nullopt;  // what was cut off before its line's end was never said
    pending_.append(buffer, static_cast<std::size_t>(size));
  }
}

void Process::kill() const {
  if (id_ > 0) ::kill(id_, SIGKILL);
}

int Process::wait() {
  if (id_ <= 0) return 0;
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace clinic::test
