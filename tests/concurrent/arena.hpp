#pragma once

#include "calls.hpp"

#include "support/test_database.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace clinic::test {

/// The answers of a race.
struct Answers {
  std::vector<Answer> all;

  std::vector<Answer> with(const std::string& code) const;
  std::size_t count(const std::string& code) const { return with(code).size(); }
  /// How often each code came.
  std::map<std::string, std::size_t> codes() const;
  /// The same in words, with an example of each, for messages.
  std::string summary() const;
};

/// A fresh database, and how many processes and threads race on it. One process: threads of the test itself.
class Arena {
 public:
  Arena(int processes, int threads) : processes_(processes), threads_(threads) {}

  int contestants() const { return processes_ * threads_; }
  const TestDatabase& database() const { return database_; }

  /// A plan for this database, without calls.
  Plan plan(std::string profile = "standard", std::string policy = "{}") const;
  /// One call by nobody's competitor.
  Answer alone(const Plan& plan, const std::string& operation, const std::string& request) const;
  /// Everybody begins together; comes back when all are done. Throws when a process does not end well.
  Answers race(Plan plan) const;

 private:
  TestDatabase database_;
  int processes_, threads_;
};

}  // namespace clinic::test
