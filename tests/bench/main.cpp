/// \file
/// How much slower the SDK is than the same SQL through the bare SQLite C API, libpq and libmariadb, in one run on one
/// machine.
///
/// In the baseline: the statements that the SDK itself logs (BEGIN and COMMIT too), prepared once, with the values, ids
/// and numbers that the SDK stored, the same pragmas (WAL, synchronous=FULL), every column read; for accounts bcrypt at
/// the same cost. Not in the baseline: making ids, patient numbers, temporary passwords and normal forms; checking the
/// request; copying what was read; the block of numbers that the SDK takes in a transaction of its own for every 64
/// patients; JSON.

#include "loop.hpp"
#include "scenes.hpp"

#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

using namespace clinic::bench;

namespace {

constexpr std::size_t people_to_sync = 1000000, people_of_a_whole_run = 100000;
bool all_met = true;

void judge(const char* what, double found, bool met, const char* aim) {
  all_met = all_met && met;
  std::printf("  %s %-52s %8.2f   aim: %s\n", met ? "✓" : "✗", what, found, aim);
}

void judge_ratio(const char* what, const std::vector<Figure>& figures, const std::string& way, double least,
                 const char* aim) {
  const auto found = figure_of(figures, way).of_first;
  judge(what, found, found >= least, aim);
}

void judge_difference(const char* what, const std::vector<Figure>& figures, const std::string& way, double most,
                      const char* aim) {
  const auto found = figure_of(figures, way).over_first;
  judge(what, found, found <= most, aim);
}

Place on_disk_in(const std::string& folder) { return {folder, "on disk in " + folder}; }

void judge_sealing(const Place& disk, bool quick) {
  const std::size_t turns = quick ? 1 : 5;
  const std::chrono::milliseconds turn(quick ? 200 : 4000);
  const auto judged = [](const char* what, double ratio) { judge(what, ratio, ratio >= 0.85, "0.85 or more"); };
  judged("32 threads, audit sealed every second: of the rate without", sealing(disk, turns, turn));
  judged("the same on PostgreSQL", server_sealing(Server::postgresql, turns, turn));
  judged("the same on MariaDB", server_sealing(Server::mysql, turns, turn));
}

void judge_strangers(const Place& disk, bool quick) {
  for (const auto& [what, figures] : strangers(disk, quick ? 3 : 500)) {
    const auto difference = (figure_of(figures, unknown).microseconds - figure_of(figures, known).microseconds) / 1000;
    judge((what + ", an unknown name: ms over a known one").c_str(), difference, std::abs(difference) <= 5,
          "5 at the most, either way");
  }
}

void judge_reading(const ReadingFigures& read) {
  judge_difference("get by id, C++: µs over bare", read.get, cpp, 5, "5 or less");
  judge_difference("get by id, C with JSON", read.get, c_json, 15, "15 or less");
  judge_difference("find by email, C++ repository", read.find, storage_line, 5, "5 or less");
  judge_difference("find by email, C++ patients.search", read.search_email, cpp, 5, "5 or less");
  judge_difference("find by email, C with JSON", read.search_email, c_json, 15, "15 or less");
}

void judge_messages(const Place& disk, const Place& memory, bool quick) {
  const auto figures = message_delays(disk, quick ? Rounds{3, 2} : Rounds{60, 16});
  const std::int64_t messages = quick ? 100 : 10000;
  const auto in_memory = messages_a_second(memory, messages, 4);
  for (const std::int64_t connections : {1, 4}) {
    messages_a_second(disk, messages, connections);
    server_messages_a_second(Server::postgresql, messages, connections);
  }
  const auto judged = [](const char* what, const std::vector<Figure>& of) {
    judge(what, figure_of(of, hanging).of_first, figure_of(of, hanging).of_first >= 0.9, "0.90 or more");
  };
  judged("registration with message while the gateway hangs", figures.with_message);
  judged("registration without message while the gateway hangs", figures.without);
  judge("messages a second to a notifier that does nothing", in_memory, in_memory > 3000, "more than 3000");
}

void judge_syncing(const Place& disk, std::size_t people) {
  const auto on_disk = syncing(disk, people), on_postgresql = postgresql_syncing(people);
  judge_ratio("sync.run: of the speed of bare writes", on_disk.run, cpp, 0.5, "0.50 or more");
  judge_ratio("sync.run on PostgreSQL", on_postgresql.run, cpp, 0.5, "0.50 or more");
  judge("sync.check: people a second", on_disk.checked_a_second, on_disk.checked_a_second >= 200000, "200000 or more");
  for (const auto& figures : {on_disk, on_postgresql})
    judge("memory of both: MiB more than before", figures.memory_growth, figures.memory_growth <= 32, "32 or less");
}

/// By the processor's time, in memory.
ReadingFigures reading_in_memory(bool quick) {
  return reading({"/dev/shm", ""}, quick ? 200 : 5000,
                 quick ? Rounds{3, 10, Clock::processor} : Rounds{101, 100, Clock::processor});
}

const Place memory{"/dev/shm", "in memory (/dev/shm: fsync costs nothing)"};

int run(const std::string& disk_folder, bool quick, bool check) {
  const Place disk = on_disk_in(disk_folder);
  const Rounds waiting = quick ? Rounds{3, 2} : Rounds{60, 16}, slow{waiting.rounds, waiting.batch, Clock::processor},
               fast = quick ? Rounds{3, 10, Clock::processor} : Rounds{101, 100, Clock::processor};

  std::printf(
      "Each figure is a median over %zu or %zu rounds, in each of which every contestant has a short turn.\n"
      "On disk the clock on the wall counts; in memory, where nobody waits, the processor's time.\n",
      slow.rounds, fast.rounds);
  const auto on_disk = registration(disk, true, waiting);
  print("registration with portal account and audit, synchronous=FULL, bcrypt cost 4,\n" + disk.words, on_disk);
  print("the same, " + memory.words, registration(memory, true, slow));
  print("registration without account, so without a hash, " + memory.words, registration(memory, false, slow));
  const auto read = reading_in_memory(quick);
  print_parts(disk, memory, waiting, fast);
  audited_reading(disk, waiting);
  audited_reading(memory, waiting);
  const auto on_postgresql = server_registration(Server::postgresql, waiting),
             on_mysql = server_registration(Server::mysql, waiting);
  print("registration with portal account and audit on PostgreSQL, against libpq", on_postgresql);
  print("the same on MariaDB, against libmariadb", on_mysql);

  std::printf("\nAims\n");
  judge_ratio("registration with account, C++: of bare speed", on_disk, cpp, 0.7, "0.70 or more");
  judge_ratio("registration with account, C with JSON", on_disk, c_json, 0.6, "0.60 or more");
  judge_ratio("registration on PostgreSQL, C++: of libpq's speed", on_postgresql.registration, cpp, 0.75,
              "0.75 or more");
  judge_ratio("registration on MariaDB, C++: of libmariadb's speed", on_mysql.registration, cpp, 0.75, "0.75 or more");
  judge_reading(read);
  judge_sealing(disk, quick);
  judge_strangers(disk, quick);
  judge_messages(disk, memory, quick);
  judge_syncing(disk, quick ? 500 : people_of_a_whole_run);
  return check && !all_met ? 1 : 0;
}

int usage() {
  std::fprintf(stderr,
               "clinic_bench [--quick] [--check] [--folder DIR]\n"
               "  --quick       only shows that it works\n"
               "  --check       fails where an aim is missed\n"
               "  --folder DIR  where the databases on disk lie (default: the build folder)\n"
               "clinic_bench --sealing [--folder DIR]    only what sealing the audit costs writers\n"
               "clinic_bench --reading                   only get, find and search\n"
               "clinic_bench --strangers [--folder DIR]  only what strangers learn by the time that calls take\n"
               "clinic_bench --messages [--folder DIR]   only what messages cost\n"
               "clinic_bench --sync [PEOPLE] [--folder DIR]  only sync.run and sync.check; of 1000000 people\n"
               "                                         (all together: of 100000)\n"
               "clinic_bench --auditing [--folder DIR]   only what it costs to audit reads\n"
               "clinic_bench --loop register|get|find|search cpp|json|c TURNS    one thing, to be profiled\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::string folder = CLINIC_BENCH_FOLDER;
  std::size_t only_syncing = 0;
  bool quick = false, check = false, only_reading = false, only_sealing = false, only_strangers = false,
       only_auditing = false, only_messages = false;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      if (argument == "--quick")
        quick = true;
      else if (argument == "--check")
        check = true;
      else if (argument == "--sealing")
        only_sealing = true;
      else if (argument == "--strangers")
        only_strangers = true;
      else if (argument == "--messages")
        only_messages = true;
      else if (argument == "--sync")
        only_syncing = i + 1 < argc && std::isdigit(argv[i + 1][0]) ? std::stoul(argv[++i]) : people_to_sync;
      else if (argument == "--auditing")
        only_auditing = true;
      else if (argument == "--reading")
        only_reading = true;
      else if (argument == "--folder" && i + 1 < argc)
        folder = argv[++i];
      else if (argument == "--loop" && i + 3 < argc)
        return loop(argv[i + 1], argv[i + 2], std::stoul(argv[i + 3]));
      else
        return usage();
    }
    const auto disk = on_disk_in(folder);
    if (only_reading) judge_reading(reading_in_memory(quick));
    if (only_sealing) judge_sealing(disk, quick);
    if (only_strangers) judge_strangers(disk, quick);
    if (only_auditing) audited_reading(disk, {60, 16});
    if (only_messages) judge_messages(disk, memory, quick);
    if (only_syncing) judge_syncing(disk, only_syncing);
    if (only_syncing || only_reading || only_sealing || only_strangers || only_auditing || only_messages)
      return check && !all_met ? 1 : 0;
    return run(folder, quick, check);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "clinic_bench: %s\n", failure.what());
    return 1;
  }
}
