#include "together.hpp"

#include "expect.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <system_error>

namespace clinic::conformance {

namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return ends;
}

/// False at the end of the pipe.
bool read_byte(int pipe) {
  char byte = 0;
  ssize_t count = 0;
  while ((count = read(pipe, &byte, 1)) < 0 && errno == EINTR) {
  }
  return count == 1;
}

void write_text(int pipe, const std::string& text) {
  [[maybe_unused]] const auto count = write(pipe, text.data(), text.size());
}

std::string rest_of(int pipe) {
  std::string text;
  std::array<char, 1024> buffer{};
  for (;;) {
    const auto count = read(pipe, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

[[noreturn]] void run(const std::function<void(const std::function<void()>&)>& work, int from_parent, int to_parent) {
  bool said_ready = false;
  const auto ready = [&] {
    said_ready = true;
    write_text(to_parent, ".");
    read_byte(from_parent);
  };
  std::string failure;
  try {
    work(ready);
  } catch (const Unmet& unmet) {
    failure = "expected " + unmet.expected + ", found " + unmet.found;
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (!said_ready) write_text(to_parent, ".");
  write_text(to_parent, failure);
  _exit(failure.empty() ? 0 : 1);
}

}  // namespace

Processes::~Processes() {
  kill();
  for (const auto& child : children_) {
    waitpid(child.id, nullptr, 0);
    close(child.from);
    close(child.to);
  }
}

void Processes::start(const std::function<void(const std::function<void()>&)>& work) {
  const auto down = make_pipe(), up = make_pipe();
  const auto id = fork();
  if (id < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id == 0) {
    close(down[1]);
    close(up[0]);
    for (const auto& other : children_) {
      close(other.from);
      close(other.to);
    }
    run(work, down[0], up[1]);
  }
  close(down[0]);
  close(up[1]);
  children_.push_back({id, up[0], down[1]});
}

void Processes::wait_until_ready() {
  for (const auto& child : children_)
    read_byte(child.from);
}

void Processes::go() {
  for (const auto& child : children_)
    write_text(child.to, ".");
}

void Processes::kill() {
  for (const auto& child : children_)
    ::kill(child.id, SIGKILL);
}

void Processes::join() {
  std::string failures;
  for (const auto& child : children_) {
    auto text = rest_of(child.from);
    int status = 0;
    waitpid(child.id, &status, 0);
    close(child.from);
    close(child.to);
    if (text.empty() && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) text = "the process died";
    if (!text.empty()) failures += (failures.empty() ? "" : "; ") + text;
  }
  children_.clear();
  if (!failures.empty()) unmet("each of several processes does its work", failures);
}

}  // namespace clinic::conformance
