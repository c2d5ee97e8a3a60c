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
/// The comments of clinic_storage_table in storage.h say what each function has to do. The wrapper makes that table,
/// lets no exception out, and keeps the promises that do not depend on the database (see Transaction). The SDK's own
/// plugins for SQLite, PostgreSQL and MySQL are written with it, too.

#include <clinic/plugin/plugin.hpp>
#include <clinic/plugin/storage.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace clinic {
namespace [[gnu::visibility("hidden")]] plugin {

/// A value that owns its text, for plugins that keep values. The text of a clinic_value belongs to somebody else.
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
  /// The same as a clinic_value, which is valid as long as this value.
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
  /// An empty record of the host, to be filled before the next call. Null: the host has enough, return.
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
  /// Takes the fields of one group, then its measures. False: the host has enough, return.
  bool add(const clinic_value* values, std::size_t count) noexcept {
    stopped_ = stopped_ || groups_.group(groups_.context, values, count) != 0;
    return !stopped_;
  }
  bool stopped() const noexcept { return stopped_; }

 private:
  const clinic_groups& groups_;
  bool stopped_ = false;
};

class Storage;

namespace detail {
template <class Implementation>
struct StorageTable;
}

/// One transaction. Derive from it, and answer objects of that class from Storage::begin.
///
/// Destroyed without a commit it rolls back; the destructor must not throw. One thread at a time uses it, not always
/// the same one. `record` is an index into the model's records. Functions report an error by throwing Failure.
///
/// What holds for every storage is done before these functions are called. They are not called, and the host is told
/// why, when
/// - the host calls from inside a callback of a select or an aggregate, or twice at once on one transaction;
/// - an earlier call broke the transaction (see clinic_storage_table::commit): only the destructor is called then;
/// - it writes and the transaction was begun for reading;
/// - the model has no record of that index, or the record lacks the field that the call needs: a version for update and
///   set_version, a lock for touch.
class [[gnu::visibility("default")]] Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  /// The object is destroyed right after it, whatever happens.
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

  /// Translates an exception other than Failure that one of the functions above threw: a driver's own, say. Called
  /// while the exception is handled, so that `throw;` throws it again. `committing`: commit threw it; where the
  /// connection broke, the outcome is unknown then.
  virtual Failure explain(bool /*committing*/) { return detail::unexpected_exception(); }

 private:
  template <class Implementation>
  friend struct detail::StorageTable;

  enum class State {
    idle,
    running,  ///< a call is being served, perhaps with one of the host's callbacks inside it
    ended     ///< by commit or rollback
  };
  std::atomic<State> state_{State::idle};
  const Storage* storage_ = nullptr;
  bool writes_ = false;
  int broken_ = CLINIC_PLUGIN_OK;  ///< the code of the error that broke it
};

/// One opened store. Threads: any number at once. Functions report an error by throwing Failure.
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

  /// Translates an exception other than Failure that one of the functions above threw, as Transaction::explain does. It
  /// does not hear of the constructor's exceptions: a constructor throws Failure itself.
  virtual Failure explain() { return detail::unexpected_exception(); }

 private:
  template <class Implementation>
  friend struct detail::StorageTable;
  const clinic_model* model_ = nullptr;
};

namespace detail {

/// A select or an aggregate that runs on this thread. While it runs, the host's callbacks are called, and these must
/// not call the same store. Another store they may call: of two, one can be read while the other is written.
class RunningSelect {
 public:
  explicit RunningSelect(const Storage* storage) noexcept : storage_(storage), outer_(innermost()) {
    innermost() = this;
  }
  ~RunningSelect() { innermost() = outer_; }
  RunningSelect(const RunningSelect&) = delete;
  RunningSelect& operator=(const RunningSelect&) = delete;

  /// Whether one of that store runs on this thread.
  static bool any_of(const Storage* storage) noexcept {
    const RunningSelect* running = innermost();
    while (running != nullptr && running->storage_ != storage)
      running = running->outer_;
    return running != nullptr;
  }

 private:
  static const RunningSelect*& innermost() noexcept {
    static thread_local const RunningSelect* running = nullptr;
    return running;
  }

  const Storage* storage_;
  const RunningSelect* outer_;
};

inline Failure called_inside_a_callback() {
  return Failure::refused(
      "storage was called from inside a callback of a select or an aggregate, or twice at once on one transaction");
}

/// After these answers a transaction goes on; after all others it can only be rolled back.
inline bool leaves_transaction_whole(int code) noexcept {
  return code == CLINIC_PLUGIN_OK || code == CLINIC_PLUGIN_NOT_FOUND || code == CLINIC_PLUGIN_STALE ||
         code == CLINIC_PLUGIN_REFUSED || code == CLINIC_PLUGIN_HOST_STOPPED;
}

/// The table of C functions of a storage plugin.
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
      made->model_ = model;
      *out = reinterpret_cast<clinic_store*>(made.release());
      return CLINIC_PLUGIN_OK;
    });
  }
  static void close(clinic_store* store) { delete &from(store); }

  /// A call on a store.
  template <class Action>
  static int on_store(clinic_store* handle, clinic_plugin_error* error, Action&& action) noexcept {
    Storage& storage = from(handle);
    return guard(
        error,
        [&] {
          if (RunningSelect::any_of(&storage)) throw called_inside_a_callback();
          action(storage);
          return CLINIC_PLUGIN_OK;
        },
        [&] { return storage.explain(); });
  }

  static int schema_status(clinic_store* store, clinic_schema_status* status, clinic_plugin_error* error) {
    return on_store(store, error, [&](Storage& storage) {
      require(CLINIC_PLUGIN_HAS(status, expected), "clinic_schema_status");
      const Storage::SchemaStatus found = storage.schema_status();
      status->present = found.present;
      status->expected = found.expected;
    });
  }
  static int migrate(clinic_store* store, clinic_plugin_error* error) {
    return on_store(store, error, [](Storage& storage) { storage.migrate(); });
  }
  static int health(clinic_store* store, clinic_plugin_error* error) {
    return on_store(store, error, [](Storage& storage) { storage.health(); });
  }
  static int begin(clinic_store* store, int writes, clinic_transaction** out, clinic_plugin_error* error) {
    return on_store(store, error, [&](Storage& storage) {
      std::unique_ptr<Transaction> begun = storage.begin(writes != 0);
      if (begun == nullptr) throw Failure(CLINIC_PLUGIN_INTERNAL, "the plugin began no transaction");
      begun->storage_ = &storage;
      begun->writes_ = writes != 0;
      *out = reinterpret_cast<clinic_transaction*>(begun.release());
    });
  }

  static int refuse_call_inside_a_callback(clinic_plugin_error* error) noexcept {
    return guard(error, []() -> int { throw called_inside_a_callback(); });
  }
  /// The type of a record that a call is about.
  static const clinic_record_type& type_of(const Transaction& transaction, std::uint32_t record) {
    const clinic_model& model = *transaction.storage_->model_;
    if (record >= model.record_count) throw Failure::refused("there is no record of that index");
    return *model.records[record];
  }
  /// The same, for a write.
  static const clinic_record_type& type_to_write(const Transaction& transaction, std::uint32_t record) {
    if (!transaction.writes_) throw Failure::refused("a write in a transaction that was begun for reading");
    return type_of(transaction, record);
  }
  static void require_version(const clinic_record_type& type) {
    if (type.version_field == CLINIC_NO_FIELD)
      throw Failure::refused(std::string(type.name) + " has no version: it is written once and never updated");
  }
  static void require_lock(const clinic_record_type& type) {
    if (type.lock_field == CLINIC_NO_FIELD)
      throw Failure::refused(std::string(type.name) + " has no lock field: it cannot be touched");
  }

  /// A call inside a transaction.
  template <class Action>
  static int inside(clinic_transaction* handle, clinic_plugin_error* error, Action&& action) noexcept {
    using State = Transaction::State;
    Transaction& transaction = from(handle);
    State before = State::idle;
    if (RunningSelect::any_of(transaction.storage_) ||
        !transaction.state_.compare_exchange_strong(before, State::running))
      return refuse_call_inside_a_callback(error);
    const int code = guard(
        error,
        [&] {
          if (transaction.broken_ != CLINIC_PLUGIN_OK)
            throw Failure(static_cast<clinic_plugin_code>(transaction.broken_),
                          "the transaction failed before and can only be rolled back");
          return static_cast<int>(action(transaction));
        },
        [&] { return transaction.explain(false); });
    if (!leaves_transaction_whole(code)) transaction.broken_ = code;
    before = State::running;
    if (transaction.state_.compare_exchange_strong(before, State::idle)) return code;
    delete &transaction;  // the host ended it meanwhile, and will not come back for it
    return refuse_call_inside_a_callback(error);
  }

  /// Ends the transaction. False: a call runs in it, and will destroy it.
  static bool end(Transaction& transaction) noexcept {
    return transaction.state_.exchange(Transaction::State::ended) != Transaction::State::running;
  }
  static int commit(clinic_transaction* handle, clinic_plugin_error* error) {
    Transaction& transaction = from(handle);
    if (!end(transaction)) return refuse_call_inside_a_callback(error);
    const std::unique_ptr<Transaction> owned(&transaction);
    return guard(
        error,
        [&] {
          if (RunningSelect::any_of(transaction.storage_)) throw called_inside_a_callback();
          if (transaction.broken_ != CLINIC_PLUGIN_OK)
            throw Failure(static_cast<clinic_plugin_code>(transaction.broken_),
                          "the transaction failed before: it was rolled back instead of committed");
          transaction.commit();
          return CLINIC_PLUGIN_OK;
        },
        [&] { return transaction.explain(true); });
  }
  static void rollback(clinic_transaction* handle) {
    Transaction& transaction = from(handle);
    if (end(transaction)) delete &transaction;
  }

  static int insert(clinic_transaction* handle, std::uint32_t record, void* object, clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      type_to_write(transaction, record);
      transaction.insert(record, object);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int insert_many(clinic_transaction* handle, std::uint32_t record, void* const* objects, std::size_t count,
                         clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      type_to_write(transaction, record);
      transaction.insert_many(record, objects, count);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int update(clinic_transaction* handle, std::uint32_t record, void* object, clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require_version(type_to_write(transaction, record));
      transaction.update(record, object);
      return CLINIC_PLUGIN_OK;
    });
  }
  static int touch(clinic_transaction* handle, std::uint32_t record, const char* id, std::size_t id_size,
                   clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require_lock(type_to_write(transaction, record));
      return transaction.touch(record, {id, id_size}) ? CLINIC_PLUGIN_OK : CLINIC_PLUGIN_NOT_FOUND;
    });
  }
  static int set_version(clinic_transaction* handle, std::uint32_t record, const char* id, std::size_t id_size,
                         std::int64_t version, clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require_version(type_to_write(transaction, record));
      return transaction.set_version(record, {id, id_size}, version) ? CLINIC_PLUGIN_OK : CLINIC_PLUGIN_NOT_FOUND;
    });
  }
  static int erase_where(clinic_transaction* handle, const clinic_query* query, std::uint64_t* erased,
                         clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require(CLINIC_PLUGIN_HAS(query, limit), "clinic_query");
      type_to_write(transaction, query->record);
      const std::uint64_t count = transaction.erase_where(*query);
      if (erased != nullptr) *erased = count;
      return CLINIC_PLUGIN_OK;
    });
  }
  static int select(clinic_transaction* handle, const clinic_query* query, const clinic_slots* slots,
                    clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require(CLINIC_PLUGIN_HAS(query, limit), "clinic_query");
      require(CLINIC_PLUGIN_HAS(slots, next), "clinic_slots");
      type_of(transaction, query->record);
      const RunningSelect running(transaction.storage_);
      Rows rows(*slots);
      transaction.select(*query, rows);
      return rows.stopped() ? CLINIC_PLUGIN_HOST_STOPPED : CLINIC_PLUGIN_OK;
    });
  }
  static int aggregate(clinic_transaction* handle, const clinic_aggregate* aggregate, const clinic_groups* target,
                       clinic_plugin_error* error) {
    return inside(handle, error, [&](Transaction& transaction) {
      require(CLINIC_PLUGIN_HAS(aggregate, measure_count), "clinic_aggregate");
      require(CLINIC_PLUGIN_HAS(target, group), "clinic_groups");
      type_of(transaction, aggregate->record);
      const RunningSelect running(transaction.storage_);
      Groups groups(*target);
      transaction.aggregate(*aggregate, groups);
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
