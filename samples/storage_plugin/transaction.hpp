#pragma once

/// \file
/// One transaction of the memory plugin: a snapshot, and with writes the right to replace it.

#include "database.hpp"

#include <optional>

namespace memory {

class Transaction : public clinic::plugin::Transaction {
 public:
  Transaction(std::shared_ptr<Database> database, bool writes, std::chrono::milliseconds patience);

  void commit() override;
  void insert(std::uint32_t record, void* object) override;
  void update(std::uint32_t record, void* object) override;
  bool touch(std::uint32_t record, std::string_view id) override;
  bool set_version(std::uint32_t record, std::string_view id, std::int64_t version) override;
  std::uint64_t erase_where(const clinic_query& query) override;
  void select(const clinic_query& query, clinic::plugin::Rows& rows) override;
  void aggregate(const clinic_aggregate& aggregate, clinic::plugin::Groups& groups) override;

 private:
  const clinic_record_type& type(std::uint32_t record) const;
  const Table& table(std::uint32_t record) const { return *snapshot_.tables[record]; }
  Table& writable(std::uint32_t record);

  std::shared_ptr<Database> database_;
  std::optional<Writing> writing_;
  Snapshot snapshot_;
  std::vector<std::shared_ptr<Table>> own_;  ///< the tables that this transaction has copied; others are null
};

}  // namespace memory
