#pragma once

#include "current_transaction.hpp"
#include "store.hpp"

#include <odb/transaction.hxx>

#include <type_traits>

namespace clinic::mapping {
namespace {

/// One transaction on one connection.
class Transaction final : public plugin::Transaction {
 public:
  Transaction(Store& opened, bool writes) : store(opened), lease(opened.connections.take(writes)) {
    try {
      begin(writes);
    } catch (const odb::connection_lost&) {  // it broke while it idled, and so did its neighbours
      { const auto broken = std::move(lease); }
      lease = opened.connections.take(writes);
      begin(writes);
    }
  }

  ~Transaction() override {
    if (!work_.finalized()) {
      try {
        const Driver::TimeLimit limit(connection());
        const CurrentTransaction current(work_);
        work_.rollback();
      } catch (...) {  // after some errors SQLite has rolled back by itself
      }
    }
  }

  Driver::Connection& connection() const { return *lease->connection; }

  /// Makes it ODB's current transaction as long as what this answers lives.
  CurrentTransaction as_current() { return CurrentTransaction(work_); }

  /// Runs a call: within the time that a call may take, and as ODB's current transaction. `record` is the one
  /// that it writes, whose constraints may be violated, or null.
  template <class Work>
  auto run(const RecordLink* record, Work work) {
    written_ = record;
    const Driver::TimeLimit limit(connection());
    const CurrentTransaction current(work_);
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      require_going_on();
    } else {
      const auto answer = work();
      require_going_on();
      return answer;
    }
  }

  void commit() override;
  void insert(std::uint32_t record, void* object) override;
  void insert_many(std::uint32_t record, void* const* objects, std::size_t count) override;
  void update(std::uint32_t record, void* object) override;
  bool touch(std::uint32_t record, std::string_view id) override;
  bool set_version(std::uint32_t record, std::string_view id, std::int64_t version) override;
  std::uint64_t erase_where(const clinic_query& query) override;
  void select(const clinic_query& query, plugin::Rows& rows) override;
  void aggregate(const clinic_aggregate& aggregate, plugin::Groups& groups) override;
  Failure explain(bool committing) override;

 private:
  void begin(bool writes) {
    const Driver::TimeLimit limit(connection());
    work_.reset(Driver::begin(connection(), writes), false);
  }
  void require_going_on() const {
    if (!Driver::in_transaction(connection()))
      throw Failure::conflict("the server has ended the transaction without a word");
  }

 public:
  Store& store;
  Lease lease;

 private:
  odb::transaction work_;
  const RecordLink* written_ = nullptr;  ///< by the last call
};

}  // namespace
}  // namespace clinic::mapping
