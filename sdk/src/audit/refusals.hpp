#pragma once

/// \file
/// Refused and failed calls go into the audit (AUDIT-1) without keeping whoever was refused waiting.

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

/// What the log says where the audit cannot have it.
std::string not_filed(std::string_view operation);

/// Files refusals in a thread of its own. Its callers wait a moment, so that as a rule the entry is there when they
/// answer; where the database is held by somebody else, the answer does not wait for it, and the entry comes late. Each
/// is tried once, as long as a write waits for its turn. Thread-safe. Not for the child of a fork, which has no such
/// thread: there it must be left as it is.
class Refusals {
 public:
  Refusals(Store& store, AuditSealing& sealing, const Log& log);
  /// Files what is left.
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
  std::uint64_t given_ = 0, done_ = 0;  ///< how many, since the beginning
  std::jthread thread_;                 // the last member: it uses the others
};

}  // namespace clinic
