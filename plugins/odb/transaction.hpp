#pragma once

#include "current_transaction.hpp"
#include "store.hpp"

#include <odb/transaction.hxx>

#include <atomic>

namespace clinic::mapping {
namespace {

/// What `clinic_transaction*` points to.
class Transaction {
 public:
  Transaction(Store& opened, bool for_writing)
      : store(opened), writes(for_writing), lease(opened.connections.take(for_writing)) {
    try {
      begin();
    } catch (const odb::connection_lost&) {  // while it idled; its neighbours go with it
      { const auto broken = std::move(lease); }
      lease = opened.connections.take(for_writing);
      begin();
    }
  }

  ~Transaction() {
    if (!work.finalized()) {
      try {
        const Driver::TimeLimit limit(*lease->connection);
        CurrentTransaction current(work);
        work.rollback();
      } catch (...) {  // SQLite, for one, has rolled back by itself after some errors
      }
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void must_write() const {
    if (!writes) throw refused("a write in a transaction that was begun for reading");
  }

  /// May throw a Failure where the driver answers success for what is none.
  void commit() {
    const Driver::TimeLimit limit(*lease->connection);
    CurrentTransaction current(work);
    work.commit();
    Driver::confirm_commit(*lease->connection);
  }

 private:
  void begin() {
    const Driver::TimeLimit limit(*lease->connection);
    work.reset(Driver::begin(*lease->connection, writes), false);
  }

 public:
  Store& store;
  const bool writes;
  Lease lease;
  odb::transaction work;
  const RecordLink* record = nullptr;  ///< that the running call is about: names a violated constraint
  std::atomic<bool> busy = false;      ///< a call runs, perhaps one of the host's own callbacks inside it
  bool ended = false;                  ///< the host ended it from inside a callback
  int broken = CLINIC_PLUGIN_OK;       ///< after an error that leaves nothing but rolling back: its code
};

}  // namespace
}  // namespace clinic::mapping
