#include "isolation.hpp"

#include "check.hpp"
#include "progress.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace clinic::conformance {

namespace {

using Clock = std::chrono::steady_clock;

/// What crosses the pipe: the status's number, expected, found, each with a NUL behind it.
std::string packed(const Outcome& outcome) {
  std::string text;
  for (const auto& part : {std::to_string(static_cast<int>(outcome.status)), outcome.expected, outcome.found})
    text += part.substr(0, part.find('\0')) + '\0';
  return text;
}

bool unpack(const std::string& text, Outcome& outcome) {
  const auto first = text.find('\0'), second = text.find('\0', first + 1);
  if (first == text.npos || second == text.npos || text.back() != '\0') return false;
  outcome.status = static_cast<Status>(std::stoi(text.substr(0, first)));
  outcome.expected = text.substr(first + 1, second - first - 1);
  outcome.found = text.substr(second + 1, text.size() - second - 2);
  return true;
}

Outcome outcome_of(const std::function<std::string()>& work) {
  try {
    return {Status::passed, {}, work()};
  } catch (const Unmet& unmet) {
    return {Status::failed, unmet.expected, unmet.found};
  } catch (const Skipped& skipped) {
    return {Status::skipped, {}, skipped.reason};
  } catch (const std::exception& failure) {
    return {Status::failed, "every call on the way to what is checked answers OK", failure.what()};
  }
}

[[noreturn]] void be_the_child(const std::function<std::string()>& work, int pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  const auto text = packed(outcome_of(work));
  for (std::size_t sent = 0; sent < text.size();) {
    const auto count = write(pipe, text.data() + sent, text.size() - sent);
    if (count <= 0) std::_Exit(1);
    sent += static_cast<std::size_t>(count);
  }
  std::exit(0);  // runs what the plugin does at exit, and a sanitizer's search for leaks
}

/// Everything until the last process that writes has ended; false at the deadline.
bool read_until(int pipe, Clock::time_point deadline, std::string& text) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{pipe, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    if (ready <= 0) continue;
    std::array<char, 4096> buffer{};
    const auto count = read(pipe, buffer.data(), buffer.size());
    if (count <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string manner_of_death(int status) {
  if (WIFSIGNALED(status))
    return "the process died of signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  return "the process ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Outcome in_isolation(const std::function<std::string()>& work, std::chrono::seconds limit) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (auto& slot : progress().running)
    slot = nullptr;
  std::fflush(nullptr);
  const auto begin = Clock::now();
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    close(ends[0]);
    be_the_child(work, ends[1]);
  }
  setpgid(child, child);  // here, too: whichever comes first
  close(ends[1]);
  std::string text;
  const bool ended = read_until(ends[0], begin + limit, text);
  close(ends[0]);
  const auto where = where_it_was();
  kill(-child, SIGKILL);  // and what it has started
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }

  Outcome outcome;
  const bool told = unpack(text, outcome);
  if (!ended)
    outcome = {Status::hung, "an answer within " + std::to_string(limit.count()) + " s", "none, " + where};
  else if (!told)
    outcome = {Status::crashed, "the check runs to its end", manner_of_death(status) + ", " + where};
  else if (outcome.good() && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
    outcome = {Status::crashed, "the process ends well after the check", manner_of_death(status) + " at its end"};
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  return outcome;
}

}  // namespace clinic::conformance
