/// \file
/// One of several processes on one database.
///
///     clinic_race_worker run        takes a plan from its input, says "ready", begins at "go", and says each answer at
///                                   once
///     clinic_race_worker hold URL   from "held" to the end of its input, keeps others from the clinic's numbers: by
///     the
///                                   lock on their rows, or where there is none so fine, on the database

#include "calls.hpp"

#include <sqlite3.h>

#include <iostream>
#include <mutex>
#include <optional>

#include <sys/prctl.h>
#include <unistd.h>
#include <csignal>

using namespace clinic::test;

namespace {

/// Straight to the pipe: what was answered is known to the parent whatever becomes of this process.
void say(const std::string& text) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  for (std::size_t said = 0; said < text.size();) {
    const auto size = ::write(STDOUT_FILENO, text.data() + said, text.size() - said);
    if (size < 0) std::_Exit(3);
    said += static_cast<std::size_t>(size);
  }
}

int run() {
  std::string line;
  std::getline(std::cin, line);
  const auto plan = plan_from(line);
  std::optional<clinic::Clinic> clinic;
  if (!plan.open_each) clinic = open_clinic(plan);
  say("ready\n");
  if (!std::getline(std::cin, line)) return 1;
  run_calls(plan, clinic ? &*clinic : nullptr, [](const Answer& answer) { say(to_line(answer)); });
  return 0;
}

void hold_until_the_end() {
  say("held\n");
  std::string line;
  while (std::getline(std::cin, line)) {
  }
}

int hold_file(const std::string& file) {
  sqlite3* database = nullptr;
  if (sqlite3_open(file.c_str(), &database) != SQLITE_OK ||
      sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK)
    return 1;
  hold_until_the_end();
  return sqlite3_close(database);
}

int hold(const std::string& url) {
  constexpr std::string_view embedded = "sqlite:";
  if (url.starts_with(embedded)) return hold_file(url.substr(embedded.size()));
  const auto server = url.starts_with("mysql:") ? bare_mysql(url) : bare_postgresql(url);
  server->rows("BEGIN; UPDATE number_blocks SET lock_count = lock_count + 1");
  hold_until_the_end();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is stopped leaves nothing running
  try {
    if (count == 2 && std::string_view(arguments[1]) == "run") return run();
    if (count == 3 && std::string_view(arguments[1]) == "hold") return hold(arguments[2]);
    std::cerr << "clinic_race_worker run | hold URL\n";
  } catch (const std::exception& failure) {
    std::cerr << "clinic_race_worker: " << failure.what() << '\n';
  }
  return 2;
}
