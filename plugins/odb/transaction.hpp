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
      : store(opened),
        writes(for_writing),
        lease(opened.connections.take(for_writing)),
        work(Driver::begin(*lease->connection, for_writing), false) {}

  ~Transaction() {
    if (!work.finalized()) {
      try {
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
