#pragma once

/// \file
/// A typed face over the storage line: a store, its transactions, and one repository template for all records.

#include "base/function_ref.hpp"
#include "records/record_model.hpp"
#include "store/criteria.hpp"
#include "store/field_protection.hpp"

#include <clinic/error.hpp>
#include <clinic/plugin/storage.h>

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

/// A storage plugin's refusal or failure, before a service has given it the caller's words.
class StorageError : public std::exception {
 public:
  StorageError(int code, int native_code, std::string record, std::string constraint, std::string message);
  int code() const noexcept { return code_; }  ///< clinic_plugin_code
  int native_code() const noexcept { return native_code_; }
  const std::string& record() const noexcept { return record_; }          ///< `Patient`; empty outside of one
  const std::string& constraint() const noexcept { return constraint_; }  ///< `email_key`, `system,value`
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  int code_, native_code_;
  std::string record_, constraint_, message_;
};

/// An opened store. Thread-safe.
class Store {
 public:
  /// `table` is complete (see the loader) and outlives the store, as does `host`.
  Store(const clinic_storage_table& table, const clinic_plugin_host& host, const std::string& url);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  clinic_schema_status schema_status() const;
  void migrate();
  bool healthy() const noexcept;
  /// From here on medical fields go through `protection`, which outlives the store.
  void protect(const FieldProtection& protection) { protection_ = &protection; }

 private:
  friend class Transaction;
  const clinic_storage_table& table_;
  clinic_store* store_ = nullptr;
  const FieldProtection* protection_ = nullptr;
};

enum class Access : int { read = 0, write = 1 };

/// One transaction: rolled back at the end of its life unless committed. One thread at a time.
class Transaction {
 public:
  Transaction(Store& store, Access access);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  const FieldProtection* protection() const { return protection_; }

  /// Ends the transaction. Throws StorageError, after which nothing is committed, but for OUTCOME_UNKNOWN.
  void commit();

  // The untyped forms that Repository calls; a missing version of a row, a failing plugin … throw StorageError. So does
  // a call from inside a select or an aggregate of the same store, which would lose rows or wait for itself.
  void insert(std::uint32_t record, void* object);
  void insert_many(std::uint32_t record, std::span<void* const> objects);
  /// Inserts, and keeps the versions that the objects say.
  void insert_versioned(std::uint32_t record, std::span<void* const> objects);
  void update(std::uint32_t record, void* object);
  bool touch(std::uint32_t record, std::string_view id);
  std::uint64_t erase_where(const clinic_query& query);
  /// Calls `next` for an empty record to fill, until it answers null. Exceptions of `next` go through to the caller.
  void select(const clinic_query& query, FunctionRef<void*()> next);
  /// How many rows match.
  std::uint64_t count(const clinic_query& query);
  /// Calls `found` with the smallest value of the field in the rows that match, if there is one.
  void smallest(const clinic_query& query, std::uint32_t field, FunctionRef<void(const clinic_value&)> found);
  /// Calls `group` for each group, until it answers false; the values are valid during that call.
  void aggregate(const clinic_aggregate& query, FunctionRef<bool(std::span<const clinic_value>)> group);

 private:
  void require_usable(const char* call, std::uint32_t record) const;
  void measure(const clinic_query& query, const clinic_measure& what, FunctionRef<void(const clinic_value&)> found);
  /// False where the plugin does not write versions.
  bool set_version(std::uint32_t record, const void* object, std::int64_t version);

  const clinic_storage_table& table_;
  clinic_store* store_;
  const FieldProtection* protection_;
  clinic_transaction* transaction_ = nullptr;
};

/// The typed view of one record type in a transaction. Cheap; made where it is needed: `Repository<Patient>(work)`.
template <class Record>
class Repository {
 public:
  explicit Repository(Transaction& transaction) : transaction_(transaction) {}

  void insert(Record& record) {
    as_stored(record, [&](Record& stored) { transaction_.insert(record_index<Record>, &stored); });
  }
  void insert_many(std::span<Record> records) {
    if constexpr (Protected<Record>)
      if (const auto* protection = transaction_.protection(); protection && protection->active()) {
        for (auto& record : records)  // each is sealed by itself
          insert(record);
        return;
      }
    std::vector<void*> pointers;
    pointers.reserve(records.size());
    for (auto& record : records)
      pointers.push_back(&record);
    transaction_.insert_many(record_index<Record>, pointers);
  }
  /// A row that had a version before: it keeps it, so that whoever saw it then is told rightly whether it changed
  /// since.
  void insert_versioned(Record& record) {
    as_stored(record, [&](Record& stored) {
      void* const object = &stored;
      transaction_.insert_versioned(record_index<Record>, {&object, 1});
    });
  }
  /// Optimistic: throws StorageError(STALE) when the stored version is another.
  void update(Record& record) {
    as_stored(record, [&](Record& stored) { transaction_.update(record_index<Record>, &stored); });
  }
  /// Locks the row by writing. Touch before the transaction's first read, several in sorted order.
  bool touch(std::string_view id) { return transaction_.touch(record_index<Record>, id); }
  bool erase(std::string_view id) { return erase_where(where(&Record::id) == id) > 0; }

  /// Here and below, a damaged record comes without its medical fields, see FieldProtection. Without criteria, so that
  /// the most frequent query of all allocates nothing but the record's texts.
  std::optional<Record> find(std::string_view id) {
    clinic_term term{CLINIC_EQ, detail::field_index(&Record::id), 0, 0, detail::text_value(id)};
    return one({sizeof(clinic_query), record_index<Record>, &term, 1, nullptr, 0, 1});
  }
  /// The first match by id.
  std::optional<Record> first(Criteria<Record> criteria) {
    auto query = Query<Record>(std::move(criteria)).order_by(&Record::id).limit(1);
    return one(query.view());
  }
  std::vector<Record> select(const Query<Record>& query) {
    std::vector<Record> rows;
    transaction_.select(query.view(), [&]() -> void* { return &rows.emplace_back(); });
    for (auto& row : rows)
      as_read(row);
    return rows;
  }
  /// Row by row in bounded memory; `visit` answers false to stop, and must not call storage.
  void each(const Query<Record>& query, FunctionRef<bool(Record&)> visit) {
    Record row;
    bool pending = false;
    bool stopped = false;
    transaction_.select(query.view(), [&]() -> void* {
      if (pending) as_read(row);
      if (pending && !visit(row)) {
        stopped = true;
        return nullptr;
      }
      pending = true;
      row = Record();
      return &row;
    });
    if (!pending || stopped) return;
    as_read(row);
    visit(row);
  }
  std::uint64_t count(Criteria<Record> criteria = {}) {
    auto query = Query<Record>(std::move(criteria));
    return transaction_.count(query.view());
  }
  /// The smallest value of the field in the rows that match; none where there is none.
  std::optional<std::int64_t> smallest(std::optional<std::int64_t> Record::*member, Criteria<Record> criteria) {
    auto query = Query<Record>(std::move(criteria));
    std::optional<std::int64_t> result;
    transaction_.smallest(query.view(), detail::field_index(member),
                          [&](const clinic_value& value) { result = value.as.integer; });
    return result;
  }
  /// Rows as they lie in the store, medical fields encrypted: for keeping them so.
  std::vector<Record> select_stored(const Query<Record>& query) {
    std::vector<Record> rows;
    transaction_.select(query.view(), [&]() -> void* { return &rows.emplace_back(); });
    return rows;
  }
  std::uint64_t erase_where(Criteria<Record> criteria) {
    auto query = Query<Record>(std::move(criteria));
    return transaction_.erase_where(query.view());
  }

 private:
  std::optional<Record> one(const clinic_query& query) {
    std::optional<Record> row;
    transaction_.select(query, [&]() -> void* { return row ? nullptr : &row.emplace(); });
    if (row) as_read(*row);
    return row;
  }
  template <class Write>
  void as_stored(Record& record, Write write) {
    if constexpr (Protected<Record>) {
      if (const auto* protection = transaction_.protection();
          protection && (protection->active() || record.sealed_fields)) {
        auto stored = record;
        protection->seal(stored);
        write(stored);
        record.version = stored.version;
        return;
      }
    }
    write(record);
  }
  void as_read(Record& record) {
    if constexpr (Protected<Record>)
      if (const auto* protection = transaction_.protection()) protection->unseal(record);
  }

  Transaction& transaction_;
};

}  // namespace clinic
