#pragma once

/// \file
/// The data of the memory plugin: committed snapshots, and one writer at a time.

#include "rows.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace memory {

/// All tables at one moment; by index of the record type. Tables are shared between snapshots until one writes to them.
struct Snapshot {
  std::uint32_t schema_version = 0;  ///< 0: no schema
  std::vector<std::shared_ptr<const Table>> tables;
};

class Database {
 public:
  /// Answers the database of that name, which lives as long as a store has it open; the empty name is a new one each
  /// time.
  static std::shared_ptr<Database> open(const clinic_model& model, const std::string& name);

  explicit Database(const clinic_model& model);

  const clinic_model& model() const { return model_; }
  Snapshot committed() const;
  void commit(Snapshot snapshot);

 private:
  friend class Writing;

  const clinic_model& model_;
  mutable std::mutex mutex_;
  std::condition_variable writer_ended_;
  bool writing_ = false;
  Snapshot committed_;
};

/// The right to write, of which there is one. Not a mutex: a transaction may end on another thread.
class Writing {
 public:
  /// Waits for the writer before it to end; throws Failure (BUSY) when that takes too long.
  Writing(Database& database, std::chrono::milliseconds patience);
  ~Writing();
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  Database& database_;
};

}  // namespace memory
