#pragma once

#include "odb_shim.hpp"

#include <odb/transaction.hxx>

namespace clinic::mapping {
namespace {

/// Makes a transaction ODB's current one during a call.
///
/// ODB finds the current transaction in a thread-local variable of libodb. A host that uses ODB itself shares this
/// variable with the plugin, so after each call it holds again what it held before. For the same reason transactions
/// may interleave on a thread, and a transaction may change threads.
class CurrentTransaction {
 public:
  explicit CurrentTransaction(odb::transaction& transaction)
      : before_(odb::transaction::has_current() ? &odb::transaction::current() : nullptr) {
    odb::transaction::current(transaction);
  }
  ~CurrentTransaction() {
    if (before_)
      odb::transaction::current(*before_);
    else
      odb::transaction::reset_current();
  }
  CurrentTransaction(const CurrentTransaction&) = delete;
  CurrentTransaction& operator=(const CurrentTransaction&) = delete;

 private:
  odb::transaction* before_;
};

}  // namespace
}  // namespace clinic::mapping
