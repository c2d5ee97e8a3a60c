#pragma once

/// \file
/// Writes refused and failed calls into the audit (AUDIT-1) without making the refused caller wait.

#include "audit/sealing.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace clinic {

/// A refused call, and its signed entry.
struct Refusal {
  std::string_view operation;
  AuditEntry entry;
};

/// The log line for a refusal that could not be written to the audit.
std::string not_filed(std::string_view operation);

/// Writes refusals in a thread of its own. A caller waits a moment, so that the entry normally exists when the call is
/// answered. If somebody else holds the database, the answer does not wait, and the entry comes late. Each entry is
/// tried once, for as long as any write waits for its turn. Thread-safe. A child of fork has no such thread, and must
/// not use or destroy this object.
class Refusals {
 public:
  Refusals(Store& store, AuditSealing& sealing, const Log& log);
  /// Writes the remaining refusals.
  ~Refusals();
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;

  void file(Refusal refusal);

 private:
  void run(const std::stop_token& stop);
  void store(std::span<Refusal> refusals) noexcept;
  void insert(std::span<Refusal> refusals);

  Store& store_;
  AuditSealing& sealing_;
  const Log& log_;
  std::mutex mutex_;
  std::condition_variable_any wake_, changed_;
  std::vector<Refusal> waiting_;
  std::uint64_t given_ = 0, done_ = 0;  ///< counted since the beginning
  std::jthread thread_;                 // the last member: it uses the others
};

}  // namespace clinic
