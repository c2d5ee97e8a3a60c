#pragma once

#include "odb_shim.hpp"

#include <odb/transaction.hxx>

namespace clinic::mapping {
namespace {

/// Makes a transaction ODB's current one for the length of a call.
///
/// ODB finds the current transaction in a thread-local variable of libodb, which a host that uses ODB itself shares
/// with us. So none of ours stays there: what was there before comes back. Hence, too, units of work may interleave on
/// a thread and change threads.
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
