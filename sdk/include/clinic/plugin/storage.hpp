#pragma once

/// \file
/// Storage plugins in C++: derive from clinic::plugin::Storage and clinic::plugin::Transaction, and write one line.
///
///     class Drawer : public clinic::plugin::Storage {
///      public:
///       Drawer(const clinic_model& model, clinic::plugin::Host host, std::string_view url);
///       …
///     };
///     CLINIC_STORAGE_PLUGIN(Drawer, "drawer", "1.0.0", "MIT");
///
/// The comments of clinic_storage_table in storage.h say what each function has to do.

#include <clinic/plugin/plugin.hpp>
#include <clinic/plugin/storage.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace clinic {
namespace [[gnu::visibility("hidden")]] plugin {

/// A value of its own, for plugins that keep values: the texts of a clinic_value belong to somebody else.
struct Value {
  std::uint32_t kind = CLINIC_NULL;
  std::int64_t integer = 0;
  double real = 0;
  std::string text{};

  Value() = default;
  explicit Value(const clinic_value& value) : kind(value.kind) {
    if (kind == CLINIC_INT) integer = value.as.integer;
    if (kind == CLINIC_REAL) real = value.as.real;
    if (kind == CLINIC_TEXT) text.assign(value.as.text.data, value.as.text.size);
  }
  static Value of(std::int64_t integer) {
    Value value;
    value.kind = CLINIC_INT;
    value.integer = integer;
    return value;
  }
  bool null() const noexcept { return kind == CLINIC_NULL; }
  /// As it crosses the line; valid as long as this value.
  clinic_value view() const noexcept {
    clinic_value value{};
    value.kind = kind;
    if (kind == CLINIC_INT) value.as.integer = integer;
    if (kind == CLINIC_REAL) value.as.real = real;
    if (kind == CLINIC_TEXT) {
      value.as.text.data = text.data();
      value.as.text.size = text.size();
    }
    return value;
  }
};

/// A field of a record of the host; a text is valid until the record changes.
inline clinic_value get(const clinic_record_type& type, const void* record, std::uint32_t field) {
  clinic_value value{};
  type.get(record, field, &value);
  return value;
}

/// Throws Failure (REFUSED) when the field cannot hold the value.
inline void set(const clinic_record_type& type, void* record, std::uint32_t field, const clinic_value& value) {
  if (type.set(record, field, &value) != 0)
    throw Failure::refused(std::string(type.name) + "." + type.fields[field]->name + " cannot hold the stored value");
}

/// Where the rows of a select go.
class Rows {
 public:
  explicit Rows(const clinic_slots& slots) noexcept : slots_(slots) {}
  /// An empty record of the host to fill, or null: enough, return. The row before it is complete by then.
  void* next() noexcept {
    void* row = stopped_ ? nullptr : slots_.next(slots_.context);
    stopped_ = row == nullptr;
    return row;
  }
  bool stopped() const noexcept { return stopped_; }

 private:
  const clinic_slots& slots_;
  bool stopped_ = false;
};

/// Where the groups of an aggregate go.
class Groups {
 public:
  explicit Groups(const clinic_groups& groups) noexcept : groups_(groups) {}
  /// The group's fields, then the measures. False: enough, return.
  bool add(const clinic_value* values, std::size_t count) noexcept {
    stopped_ = stopped_ || groups_.group(groups_.context, values, count) != 0;
    return !stopped_;
  }
  bool stopped() const noexcept { return stopped_; }

 private:
  const clinic_groups& groups_;
  bool stopped_ = false;
};

namespace detail {
template <class Implementation>
struct StorageTable;
}

/// One transaction; destroyed without a commit it rolls back, which must not throw. One thread at a time. `record` is
/// an index into the model's records. Functions report failure by throwing Failure. After one that breaks the
/// transaction (see clinic_storage_table::commit) none but the destructor is called.
class [[gnu::visibility("default")]] Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  /// Destroyed right after, whatever happens.
  virtual void commit() = 0;
  virtual void insert(std::uint32_t record, void* object) = 0;
  virtual void insert_many(std::uint32_t record, void* const* objects, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      insert(record, objects[i]);
  }
  virtual void update(std::uint32_t record, void* object) = 0;
  /// False: there is no such row.
  virtual bool touch(std::uint32_t record, std::string_view id) = 0;
  /// False: there is no such row. May be left out: the SDK then counts the version up by updates.
  virtual bool set_version(std::uint32_t /*record*/, std::string_view /*id*/, std::int64_t /*version*/) {
    throw Failure::refused("the plugin does not write versions");
  }
  /// Answers the number of rows erased.
  virtual std::uint64_t erase_where(const clinic_query& query) = 0;
  virtual void select(const clinic_query& query, Rows& rows) = 0;
  virtual void aggregate(const clinic_aggregate& aggregate, Groups& groups) = 0;

 private:
  template <class Implementation>
  friend struct detail::StorageTable;
  int broken_ = CLINIC_PLUGIN_OK;  ///< the code that broke it
};

/// One opened store. Threads: any number at once. Functions report failure by throwing Failure.
class [[gnu::visibility("default")]] Storage {
 public:
  struct SchemaStatus {
    std::uint32_t present = 0;  ///< 0: none
    std::uint32_t expected = 0;
  };

  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  virtual SchemaStatus schema_status() = 0;
  virtual void migrate() = 0;
  virtual std::unique_ptr<Transaction> begin(bool writes) = 0;
  /// Returns when the database answers now.
  virtual void health() {}
};

namespace detail {

template <class Implementation>
struct StorageTable {
  static Storage& from(clinic_store* handle) { return *reinterpret_cast<Storage*>(handle); }
  static Transaction& from(clinic_transaction* handle) { return *reinterpret_cast<Transaction*>(handle); }

  static int open(const clinic_model* model, const clinic_plugin_host* host, const char* url, clinic_store** out,
                  clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(model, records), "clinic_model");
      require(CLINIC_PLUGIN_HAS(host, log), "clinic_plugin_host");
      for (std::uint32_t i = 0; i < model->record_count; ++i)
        require(CLINIC_PLUGIN_HAS(model->records[i], set), "clinic_record_type");
      std::unique_ptr<Storage> made = std::make_unique<Implementation>(*model, Host(*host), text(url));
      *out = reinterpret_cast<clinic_store*>(made.release());
      return CLINIC_PLUGIN_OK;
    });
  }
  static void close(clinic_store* store) { delete &from(store); }
  static int schema_status(clinic_store* store, clinic_schema_status* status, clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(status, expected), "clinic_schema_status");
      const Storage::SchemaStatus found = from(store).schema_status();
      status->present = found.present;
      status->expected = found.expected;
      return CLINIC_PLUGIN_OK;
    });
  }
  static int migrate(clinic_store* store, clinic_plugin_error* error) {
    return guard(error, [&] {
      from(store).migrate();
      return CLINIC_PLUGIN_OK;
    });
  }
  static int health(clinic_store* store, clinic_plugin_error* error) {
    return guard(error, [&] {
      from(store).health();
      return CLINIC_PLUGIN_OK;
    });
  }

  static int begin(clinic_store* store, int writes, clinic_transaction** out, clinic_plugin_error* error) {
    return guard(error, [&] {
      *out = reinterpret_cast<clinic_transaction*>(from(store).begin(writes != 0).release());
      return CLINIC_PLUGIN_OK;
    });
  }
  /// A call inside a transaction: none on a broken one, and broken by all but a few answers.
  template <class Action>
  static int inside(Transaction& transaction, clinic_plugin_error* error, Action&& action) noexcept {
    const int code = guard(error, [&] {
      if (transaction.broken_ != CLINIC_PLUGIN_OK)
        throw Failure(static_cast<clinic_plugin_code>(transaction.broken_),
                      "the transaction failed before and can only be rolled back");
      return static_cast<int>(action());
    });
    if (code != CLINIC_PLUGIN_OK && code != CLINIC_PLUGIN_NOT_FOUND && code != CLINIC_PLUGIN_STALE &&
        code != CLINIC_PLUGIN_REFUSED && code != CLINIC_PLUGIN_HOST_STOPPED)
      transaction.broken_ = code;
    return code;
  }

  static int commit(clinic_transaction* transaction, clinic_plugin_error* error) {
    const std::unique_ptr<Transaction> ending(&from(transaction));
    return inside(*ending, error, [&] {
      ending->commit();
      return CLINIC_PLUGIN_OK;
    });
  }
  static void rollback(clinic_transaction* transaction) { delete &from(transaction); }

  static int insert(clinic_transaction* transaction, std::uint32_t record, void* object, clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      from(transaction).insert(record, object);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int insert_many(clinic_transaction* transaction, std::uint32_t record, void* const* objects, std::size_t count,
                         clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      from(transaction).insert_many(record, objects, count);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int update(clinic_transaction* transaction, std::uint32_t record, void* object, clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      from(transaction).update(record, object);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int touch(clinic_transaction* transaction, std::uint32_t record, const char* id, std::size_t id_size,
                   clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      return from(transaction).touch(record, {id, id_size}) ? CLINIC_PLUGIN_OK : CLINIC_PLUGIN_NOT_FOUND;
    });
  }
  static int set_version(clinic_transaction* transaction, std::uint32_t record, const char* id, std::size_t id_size,
                         std::int64_t version, clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      return from(transaction).set_version(record, {id, id_size}, version) ? CLINIC_PLUGIN_OK : CLINIC_PLUGIN_NOT_FOUND;
    });
  }
  static int erase_where(clinic_transaction* transaction, const clinic_query* query, std::uint64_t* erased,
                         clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      require(CLINIC_PLUGIN_HAS(query, limit), "clinic_query");
      const std::uint64_t count = from(transaction).erase_where(*query);
      if (erased != nullptr) *erased = count;
      return CLINIC_PLUGIN_OK;
    });
  }
  static int select(clinic_transaction* transaction, const clinic_query* query, const clinic_slots* slots,
                    clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      require(CLINIC_PLUGIN_HAS(query, limit), "clinic_query");
      require(CLINIC_PLUGIN_HAS(slots, next), "clinic_slots");
      Rows rows(*slots);
      from(transaction).select(*query, rows);
      return rows.stopped() ? CLINIC_PLUGIN_HOST_STOPPED : CLINIC_PLUGIN_OK;
    });
  }
  static int aggregate(clinic_transaction* transaction, const clinic_aggregate* aggregate, const clinic_groups* target,
                       clinic_plugin_error* error) {
    return inside(from(transaction), error, [&] {
      require(CLINIC_PLUGIN_HAS(aggregate, measure_count), "clinic_aggregate");
      require(CLINIC_PLUGIN_HAS(target, group), "clinic_groups");
      Groups groups(*target);
      from(transaction).aggregate(*aggregate, groups);
      return groups.stopped() ? CLINIC_PLUGIN_HOST_STOPPED : CLINIC_PLUGIN_OK;
    });
  }

  static constexpr clinic_storage_table table = {sizeof(clinic_storage_table),
                                                 open,
                                                 close,
                                                 schema_status,
                                                 migrate,
                                                 begin,
                                                 commit,
                                                 rollback,
                                                 insert,
                                                 insert_many,
                                                 update,
                                                 touch,
                                                 erase_where,
                                                 select,
                                                 aggregate,
                                                 health,
                                                 set_version};
};

}  // namespace detail
}  // namespace plugin
}  // namespace clinic

/// Makes the library a storage plugin. The class is constructed from (const clinic_model&, Host, std::string_view url).
#define CLINIC_STORAGE_PLUGIN(Class, name, version, licence)                                                     \
  CLINIC_EXPORT_PLUGIN(CLINIC_PLUGIN_STORAGE, clinic::plugin::detail::StorageTable<Class>::table, name, version, \
                       licence)
