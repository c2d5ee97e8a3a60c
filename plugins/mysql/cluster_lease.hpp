#pragma once

#include "schema_table.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace clinic::mapping {
namespace {

/// The right to migrate in a Galera cluster. There GET_LOCK holds on one node only. And two nodes that create the same
/// view at once wait for each other for ever, and even KILL does not end it: MariaDB locks the view's name before it
/// takes its turn among the nodes. So the process that migrates owns the row of version 0, which only one node's
/// transaction can insert. It renews the row before each statement. A row that is too old belongs to a process that
/// died.
///
/// `run` runs a statement. It answers false when another node's transaction, or a row of somebody else, was in the way.
class ClusterLease {
 public:
  using Run = std::function<bool(const std::string&)>;

  explicit ClusterLease(Run run) : run_(std::move(run)) {
    run_("COMMIT");  // from here on every statement stands for itself
    run_(schema_table);
    while (!take())
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ~ClusterLease() {
    try {
      run_("DELETE FROM clinic_schema WHERE version = 0");
    } catch (...) {  // then it will become too old
    }
  }
  ClusterLease(const ClusterLease&) = delete;
  ClusterLease& operator=(const ClusterLease&) = delete;

  void renew() { run_("UPDATE clinic_schema SET applied_at = " + now() + " WHERE version = 0"); }

 private:
  static std::string now() { return "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)"; }

  bool take() {
    return run_("DELETE FROM clinic_schema WHERE version = 0 AND applied_at < " + now() + " - 30000") &&
           run_("INSERT INTO clinic_schema (version, applied_at) VALUES (0, " + now() + ")");
  }

  const Run run_;
};

}  // namespace
}  // namespace clinic::mapping
