#pragma once

/// \file
/// The C functions of the plugin line, and where exceptions end.

#include "aggregate.hpp"
#include "commands.hpp"
#include "insert_rows.hpp"
#include "schema.hpp"
#include "select.hpp"

#include <odb/exceptions.hxx>

#include <stdexcept>
#include <typeinfo>
#include <utility>

namespace clinic::mapping {
namespace {

/// The store that hands rows to the host on this thread, inside a callback that must not call it. (Another store it
/// may: of two, one can be read while the other is written.)
inline thread_local const Store* handing_rows = nullptr;

/// The host's callbacks, with the mark set while they run.
template <class Target>
struct Marked {
  const Target& host;
  const Store& store;

  template <class Call>
  auto call(Call callback) const {
    const Store* before = std::exchange(handing_rows, &store);
    auto answer = callback(host);
    handing_rows = before;
    return answer;
  }
};

inline Failure called_back() {
  return refused(
      "storage was called from inside a callback of a select or an aggregate, or twice at once on one transaction");
}

inline Failure connection_broke(Transaction* transaction, bool committing) {
  if (transaction) Driver::give_up(*transaction->lease->connection);
  return {committing ? CLINIC_PLUGIN_OUTCOME_UNKNOWN : CLINIC_PLUGIN_UNAVAILABLE,
          "the connection to the database broke"};
}

/// What an exception means. `transaction` may be null.
inline Failure explain(Transaction* transaction, bool committing) {
  try {
    throw;
  } catch (const Failure& failure) {
    return failure;
  } catch (const odb::object_already_persistent&) {  // any violated constraint, not only the key
    return Driver::constraint_failure(*transaction->lease->connection);
  } catch (const odb::object_changed&) {
    return {CLINIC_PLUGIN_STALE, "the row has another version, or is gone"};
  } catch (const odb::connection_lost&) {
    return connection_broke(transaction, committing);
  } catch (const odb::deadlock&) {
    return {CLINIC_PLUGIN_CONFLICT, "the database found a deadlock or a serialization failure"};
  } catch (const odb::timeout&) {
    return {CLINIC_PLUGIN_BUSY, "another transaction kept a lock too long"};
  } catch (const odb::recoverable&) {
    return {CLINIC_PLUGIN_CONFLICT, "the database asks to run the transaction again"};
  } catch (const odb::database_exception& exception) {
    return Driver::explain(exception, transaction ? &*transaction->lease->connection : nullptr, committing);
  } catch (const std::invalid_argument&) {  // from value_conversions.hpp
    return {CLINIC_PLUGIN_REFUSED, "a word, in the record or in the database, is none that the plugin knows"};
  } catch (const std::bad_alloc&) {
    return {CLINIC_PLUGIN_INTERNAL, "out of memory"};
  } catch (const std::exception& exception) {  // its text may hold a value
    if (transaction && Driver::broke(*transaction->lease->connection)) return connection_broke(transaction, committing);
    return {CLINIC_PLUGIN_INTERNAL, std::string("an unexpected exception of type ") + typeid(exception).name()};
  } catch (...) {
    return {CLINIC_PLUGIN_INTERNAL, "an unexpected exception"};
  }
}

/// After these codes a transaction can go on; after all others it can only be rolled back, on every database alike.
inline bool leaves_transaction_whole(int code) {
  return code == CLINIC_PLUGIN_OK || code == CLINIC_PLUGIN_NOT_FOUND || code == CLINIC_PLUGIN_STALE ||
         code == CLINIC_PLUGIN_REFUSED || code == CLINIC_PLUGIN_HOST_STOPPED;
}

/// Runs `work`, which answers a code; exceptions become the error.
template <class Work>
int guarded(clinic_plugin_error& error, Transaction* transaction, bool committing, Work work) noexcept {
  try {
    try {
      return work();
    } catch (...) {
      auto failure = explain(transaction, committing);
      if (failure.code == CLINIC_PLUGIN_UNIQUE_VIOLATION && transaction && transaction->record) {
        failure.constraint = canonical_constraint(*transaction->record, failure.constraint);
        failure.message =
            std::string(transaction->record->host->name) + " is there already with this " + failure.constraint;
      }
      return report(failure, error);
    }
  } catch (...) {
    error.code = CLINIC_PLUGIN_INTERNAL;
    return CLINIC_PLUGIN_INTERNAL;
  }
}

/// A call on a store.
template <class Work>
int on_store(clinic_store* handle, clinic_plugin_error* error, Work work) noexcept {
  return guarded(*error, nullptr, false, [&] {
    auto& store = *reinterpret_cast<Store*>(handle);
    if (handing_rows == &store) throw called_back();
    work(store);
    return int{CLINIC_PLUGIN_OK};
  });
}

inline Transaction& transaction_of(clinic_transaction* handle) { return *reinterpret_cast<Transaction*>(handle); }

/// A call inside a transaction.
template <class Work>
int on_transaction(clinic_transaction* handle, clinic_plugin_error* error, Work work) noexcept {
  auto& transaction = transaction_of(handle);
  if (handing_rows == &transaction.store || transaction.busy.exchange(true))
    return guarded(*error, nullptr, false, []() -> int { throw called_back(); });
  transaction.record = nullptr;
  int code = guarded(*error, &transaction, false, [&] {
    if (transaction.broken != CLINIC_PLUGIN_OK)
      throw Failure{transaction.broken, "the transaction failed before and can only be rolled back"};
    const Driver::TimeLimit limit(*transaction.lease->connection);
    CurrentTransaction current(transaction.work);
    const auto answered = static_cast<int>(work(transaction));
    if (!Driver::in_transaction(*transaction.lease->connection))
      throw Failure{CLINIC_PLUGIN_CONFLICT, "the server has ended the transaction without a word"};
    return answered;
  });
  if (!leaves_transaction_whole(code)) transaction.broken = code;
  if (transaction.ended) {  // by the host, from inside a callback
    delete &transaction;
    return guarded(*error, nullptr, false, []() -> int { throw called_back(); });
  }
  transaction.busy = false;
  return code;
}

int open(const clinic_model* model, const clinic_plugin_host* host, const char* url, clinic_store** store,
         clinic_plugin_error* error) noexcept {
  return guarded(*error, nullptr, false, [&] {
    *store = reinterpret_cast<clinic_store*>(new Store(*model, *host, url));
    return int{CLINIC_PLUGIN_OK};
  });
}

void close(clinic_store* store) noexcept { delete reinterpret_cast<Store*>(store); }

int schema_status(clinic_store* store, clinic_schema_status* status, clinic_plugin_error* error) noexcept {
  return on_store(store, error, [&](Store& opened) {
    Transaction transaction(opened, false);
    CurrentTransaction current(transaction.work);
    status->present = present_schema_version(transaction);
    status->expected = schema_version;
  });
}

int migrate(clinic_store* store, clinic_plugin_error* error) noexcept {
  return on_store(store, error, [&](Store& opened) {
    Transaction transaction(opened, true);
    {
      CurrentTransaction current(transaction.work);
      migrate(transaction);
    }
    transaction.commit();
  });
}

int begin(clinic_store* store, int writes, clinic_transaction** transaction, clinic_plugin_error* error) noexcept {
  return on_store(store, error, [&](Store& opened) {
    *transaction = reinterpret_cast<clinic_transaction*>(new Transaction(opened, writes != 0));
  });
}

int commit(clinic_transaction* handle, clinic_plugin_error* error) noexcept {
  auto& transaction = transaction_of(handle);
  if (transaction.busy) {  // the running call ends it, since the host will not come back for it
    transaction.ended = true;
    return guarded(*error, nullptr, false, []() -> int { throw called_back(); });
  }
  std::unique_ptr<Transaction> owned(&transaction);
  return guarded(*error, owned.get(), true, [&] {
    if (handing_rows == &transaction.store) throw called_back();
    if (transaction.broken != CLINIC_PLUGIN_OK)
      throw Failure{transaction.broken, "the transaction failed before: it was rolled back instead of committed"};
    transaction.commit();
    return int{CLINIC_PLUGIN_OK};
  });
}

void rollback(clinic_transaction* handle) noexcept {
  auto& transaction = transaction_of(handle);
  if (transaction.busy)
    transaction.ended = true;
  else
    delete &transaction;
}

int insert_many(clinic_transaction* handle, std::uint32_t record, void* const* objects, std::size_t count,
                clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    transaction.must_write();
    transaction.record = &transaction.store.record(record);
    insert_rows(transaction, record, objects, count);
    return CLINIC_PLUGIN_OK;
  });
}

int insert(clinic_transaction* handle, std::uint32_t record, void* object, clinic_plugin_error* error) noexcept {
  return insert_many(handle, record, &object, 1, error);
}

int update(clinic_transaction* handle, std::uint32_t record, void* object, clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    transaction.must_write();
    const auto& link = transaction.store.record(record);
    transaction.record = &link;
    link.operations->update(transaction.store.connections.database(), link, object);
    return CLINIC_PLUGIN_OK;
  });
}

int touch(clinic_transaction* handle, std::uint32_t record, const char* id, std::size_t id_size,
          clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    transaction.must_write();
    return touch(transaction, record, std::string_view(id, id_size)) ? CLINIC_PLUGIN_OK : CLINIC_PLUGIN_NOT_FOUND;
  });
}

int set_version(clinic_transaction* handle, std::uint32_t record, const char* id, std::size_t id_size,
                std::int64_t version, clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    transaction.must_write();
    return set_version(transaction, record, std::string_view(id, id_size), version) ? CLINIC_PLUGIN_OK
                                                                                    : CLINIC_PLUGIN_NOT_FOUND;
  });
}

int erase_where(clinic_transaction* handle, const clinic_query* query, std::uint64_t* erased,
                clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    transaction.must_write();
    const auto count = erase_where(transaction, *query);
    if (erased) *erased = count;
    return CLINIC_PLUGIN_OK;
  });
}

int select(clinic_transaction* handle, const clinic_query* query, const clinic_slots* slots,
           clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    Marked<clinic_slots> context{*slots, transaction.store};
    const clinic_slots marked{sizeof marked, &context, [](void* at) {
                                return static_cast<Marked<clinic_slots>*>(at)->call(
                                    [](const clinic_slots& host) { return host.next(host.context); });
                              }};
    return select(transaction, *query, marked);
  });
}

int aggregate(clinic_transaction* handle, const clinic_aggregate* wanted, const clinic_groups* groups,
              clinic_plugin_error* error) noexcept {
  return on_transaction(handle, error, [&](Transaction& transaction) {
    Marked<clinic_groups> context{*groups, transaction.store};
    const clinic_groups marked{sizeof marked, &context, [](void* at, const clinic_value* values, std::size_t count) {
                                 return static_cast<Marked<clinic_groups>*>(at)->call([&](const clinic_groups& host) {
                                   return host.group(host.context, values, count);
                                 });
                               }};
    return aggregate(transaction, *wanted, marked);
  });
}

int health(clinic_store* store, clinic_plugin_error* error) noexcept {
  return on_store(store, error, [&](Store& opened) {
    Transaction transaction(opened, false);
    CurrentTransaction current(transaction.work);
    Driver::look_closely(*transaction.lease->connection);
    query_integer(opened.connections.database(), "COUNT(*)", Driver::schema_table_lookup);
  });
}

constexpr clinic_storage_table storage_table{sizeof(clinic_storage_table),
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

constexpr clinic_plugin_manifest manifest{sizeof(clinic_plugin_manifest),
                                          CLINIC_PLUGIN_ABI_MAJOR,
                                          CLINIC_PLUGIN_ABI_MINOR,
                                          CLINIC_PLUGIN_STORAGE,
                                          Driver::name,
                                          CLINIC_PLUGIN_VERSION,
                                          "GPL-2.0-only",
                                          &storage_table};

}  // namespace
}  // namespace clinic::mapping

extern "C" CLINIC_PLUGIN_EXPORT const clinic_plugin_manifest* clinic_plugin(void) { return &clinic::mapping::manifest; }
