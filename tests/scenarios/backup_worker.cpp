/// \file
/// A backup or a restore that stops on its way, for its parent to kill:
///
///     clinic_backup_worker backup|restore CONFIGURATION FILE ROWS
///
/// says "there" once so many rows are done, and waits for the end of its input.

#include <clinic/backup.hpp>

#include <sys/prctl.h>

#include <csignal>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is stopped leaves nothing running
  if (count != 5) return 2;
  try {
    const auto configuration = clinic::Configuration::from_json(arguments[2]);
    const auto stop_at = std::stoll(arguments[4]);
    const auto progress = [stop_at](std::int64_t rows) {
      if (rows < stop_at) return;
      std::cout << "there" << std::endl;
      std::string line;
      while (std::getline(std::cin, line)) {
      }
    };
    if (arguments[1] == std::string("backup"))
      clinic::backup(configuration, arguments[3], {.progress = progress});
    else
      clinic::restore(configuration, arguments[3], {.progress = progress});
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << "clinic_backup_worker: " << failure.what() << '\n';
    return 1;
  }
}
