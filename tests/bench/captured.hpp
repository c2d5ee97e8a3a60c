#pragma once

/// \file
/// The statements that the SDK itself logs, at trace level, while it does something.

#include <clinic/clinic.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace clinic::bench {

/// SQL, in the order in which it ran, BEGIN and COMMIT included.
using Statements = std::vector<std::string>;

/// What all clinics of the benchmark have in common, on an SQLite file.
Configuration configuration(const std::string& file, const std::string& options = {});

/// A clinic that writes down what it runs.
class Traced {
 public:
  explicit Traced(Configuration configuration);
  explicit Traced(const std::string& file) : Traced(bench::configuration(file)) {}

  Session desk() const { return clinic_.act_as(Actor::system("desk")); }
  /// What `work` runs. It must not be the first of its kind: preparing a connection runs statements of its own.
  Statements during(const std::function<void(const Session&)>& work);

 private:
  std::mutex mutex_;
  Statements statements_;
  Clinic clinic_;
};

/// The transactions among the statements in which one begins with `beginning`.
std::vector<Statements> transactions_with(const Statements& statements, const std::string& beginning);
/// The first of them. Throws where there is none.
Statements transaction_with(const Statements& statements, const std::string& beginning);

}  // namespace clinic::bench
