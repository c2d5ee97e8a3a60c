#pragma once

/// \file
/// A storage plugin for the database of the including folder. Included by the plugin's one source file, since it
/// exports the plugin.

#include "aggregate.hpp"
#include "commands.hpp"
#include "explain.hpp"
#include "insert_rows.hpp"
#include "schema.hpp"
#include "select.hpp"

namespace clinic::mapping {
namespace {

Store::SchemaStatus Store::schema_status() {
  Transaction transaction(*this, false);
  return transaction.run(nullptr, [&] {
    return SchemaStatus{present_schema_version(connections.database()), schema_version};
  });
}

void Store::migrate() {
  Transaction transaction(*this, true);
  {
    const auto current = transaction.as_current();
    take_missing_steps(connections.database(), transaction.connection());
  }
  transaction.commit();
}

std::unique_ptr<plugin::Transaction> Store::begin(bool writes) { return std::make_unique<Transaction>(*this, writes); }

void Store::health() {
  Transaction transaction(*this, false);
  transaction.run(nullptr, [&] {
    Driver::look_closely(transaction.connection());
    query_integer(connections.database(), "COUNT(*)", Driver::schema_table_lookup);
  });
}

/// confirm_commit throws when the driver answered success though the commit is not certain. It may give the connection
/// back.
void Transaction::commit() {
  const Driver::TimeLimit limit(connection());
  {
    const CurrentTransaction current(work_);
    work_.commit();
  }
  store.connections.confirm_commit(lease);
}

void Transaction::insert(std::uint32_t record, void* object) { insert_many(record, &object, 1); }

void Transaction::insert_many(std::uint32_t record, void* const* objects, std::size_t count) {
  run(&store.records[record],
      [&] { insert_rows(*lease, store.connections.database(), store.records[record], record, objects, count); });
}

void Transaction::update(std::uint32_t record, void* object) {
  const auto& link = store.records[record];
  run(&link, [&] { link.operations->update(store.connections.database(), link, object); });
}

bool Transaction::touch(std::uint32_t record, std::string_view id) {
  return run(nullptr, [&] { return touch_row(*lease, store.records[record], record, id); });
}

bool Transaction::set_version(std::uint32_t record, std::string_view id, std::int64_t version) {
  return run(nullptr, [&] { return write_version(*lease, store.records[record], record, id, version); });
}

std::uint64_t Transaction::erase_where(const clinic_query& query) {
  return run(nullptr, [&] { return erase_rows(*lease, store.records[query.record], query); });
}

void Transaction::select(const clinic_query& query, plugin::Rows& rows) {
  run(nullptr, [&] { select_rows(*lease, store.records[query.record], query, rows); });
}

void Transaction::aggregate(const clinic_aggregate& aggregate, plugin::Groups& groups) {
  run(nullptr, [&] { aggregate_rows(*lease, store.records[aggregate.record], aggregate, groups); });
}

}  // namespace
}  // namespace clinic::mapping

CLINIC_STORAGE_PLUGIN(clinic::mapping::Store, clinic::mapping::Driver::name, CLINIC_PLUGIN_VERSION, "GPL-2.0-only");
