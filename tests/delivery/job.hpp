#pragma once

/// \file
/// What a process of these tests is to do, as data, and what the process has in common with the others.

#include "calls.hpp"
#include "support/process.hpp"

#include <clinic/clinic.hpp>

#include <boost/describe.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace clinic::test {

struct Job {
  std::string storage;
  std::string master_key;  ///< none for an embedded database
  std::string file;        ///< gets a line for each message that was sent, or each event that was seen
  std::string bookmark;    ///< the file with the position of the last event that was seen
  bool in_c = false;       ///< follows events through the C API
  int connections = 4;     ///< of the notifier
  int look_seconds = 1;    ///< between two looks for due messages
  int threads = 4;         ///< that change users
  int changes = 1;         ///< by each thread
  int users = 1;
  int clock_ms = 0;  ///< how much the clock is ahead of the system's
};
BOOST_DESCRIBE_STRUCT(Job, (),
                      (storage, master_key, file, bookmark, in_c, connections, look_seconds, threads, changes, users,
                       clock_ms))

Job job_on(const TestDatabase& database);
std::string to_line(const Job& job);
Job job_from(const std::string& line);

/// The clinic of a job. `environment` may have notifiers.
Clinic open_clinic(const Job& job, Environment environment = {});

/// The roles that one user has, one after the other: the user's version says which.
Role role_of_version(std::int64_t version);
std::string user_id(int number);

/// A process that does one of `dispatch`, `change`, `follow` until its input ends, or until it has changed all.
std::unique_ptr<Process> start(const std::string& what, const Job& job);

/// Whole lines at the end of a file, in one call, so that they are there whatever becomes of the process.
class Lines {
 public:
  explicit Lines(const std::string& file);
  ~Lines();
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  void append(std::string line) const;

 private:
  int file_;
};

/// Waits until that holds. Throws after two minutes.
template <class Condition>
void until(const char* what, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error(std::string("two minutes passed without ") + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace clinic::test
