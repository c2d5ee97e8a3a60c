#pragma once

/// \file
/// The functions that need a record's C++ type. Each record has one set of them, which its RecordLink points to.

#include "record_copy.hpp"
#include "session.hpp"

#include <clinic/plugin/storage.hpp>

#include <mapping-odb.hpp>

#include <boost/mp11.hpp>

#include <memory>

namespace clinic::mapping {
namespace {

struct RecordOperations {
  void (*insert)(Driver::Database&, const RecordLink&, void* const* host_records, std::size_t count);
  void (*update)(Driver::Database&, const RecordLink&, void* host_record);
  /// The shape and the values are in the session, see select.hpp.
  void (*select)(Session&, const RecordLink&, std::size_t criteria_begin, plugin::Rows&);
};

/// The part of a select after SELECT … FROM. The shape is that of select.hpp: kind, record, whether there is a limit,
/// number of orders, orders, criteria.
inline Driver::Query select_clause(const RecordLink& record, const Shape& shape, std::size_t criteria_begin,
                                   std::vector<Slot>& slots) {
  Driver::Query query;
  SqlBuilder builder(record, shape, criteria_begin, slots);
  builder.where(query);
  for (std::uint32_t i = 0; i < shape[3]; ++i) {
    const auto order = shape[4 + i];
    query += (i > 0 ? ", " : "ORDER BY ") + record.fields[order / 2].column + (order % 2 ? " DESC" : "");
  }
  const bool limited = shape[2] != 0;
  if (limited) {
    query += std::string("LIMIT");
    builder.integer_parameter(query);
  }
  return query;
}

template <class Record>
struct SelectStatement final : Statement {
  SelectStatement(Session& session, std::string statement_name, const RecordLink& record, std::size_t criteria_begin)
      : Statement(std::move(statement_name), session.values.size()),
        query(session.connection->prepare_query<Record>(name.c_str(),
                                                        select_clause(record, session.shape, criteria_begin, slots))) {}

  odb::prepared_query<Record> query;
};

template <class Record>
void insert_records(Driver::Database& database, const RecordLink& link, void* const* host_records, std::size_t count) {
  Record record;
  for (std::size_t i = 0; i < count; ++i) {
    copy_from_host(link, host_records[i], &record);
    database.persist(record);
    if constexpr (requires { record.version; }) copy_version_to_host(link, record.version, host_records[i]);
  }
}

template <class Record>
void update_record(Driver::Database& database, const RecordLink& link, void* host_record) {
  if constexpr (requires(Record record) { record.version; }) {
    Record record;
    copy_from_host(link, host_record, &record);
    database.update(record);
    copy_version_to_host(link, record.version, host_record);
  } else {
    throw Failure(CLINIC_PLUGIN_INTERNAL, std::string(link.host->name) + " has no version");  // refused before
  }
}

template <class Record>
void select_records(Session& session, const RecordLink& link, std::size_t criteria_begin, plugin::Rows& rows) {
  using Made = SelectStatement<Record>;
  auto& statement = session.statements.get<Made>(session.shape, session.values, [&](std::string name) {
    return std::make_unique<Made>(session, std::move(name), link, criteria_begin);
  });
  odb::result<Record> found = statement.query.execute(false);
  Record record;
  for (auto row = found.begin(); row != found.end(); ++row) {
    row.load(record);
    void* host_record = rows.next();
    if (!host_record) return;
    copy_to_host(link, &record, host_record);
  }
}

template <class Record>
constexpr RecordOperations operations_of{insert_records<Record>, update_record<Record>, select_records<Record>};

/// Links every record of the host's model. Refuses a model that the mapping cannot keep whole.
inline std::vector<RecordLink> link_records(const clinic_model& host) {
  if (host.schema_version != schema_version)
    throw Failure::refused("the host's records need schema version " + std::to_string(host.schema_version) +
                           ", the plugin was built for version " + std::to_string(schema_version));
  Differences found;
  std::vector<RecordLink> links;
  links.reserve(host.record_count);
  for (std::uint32_t i = 0; i < host.record_count; ++i) {
    const auto& type = *host.records[i];
    bool known = false;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Records>>([&](auto record) {
      using Record = typename decltype(record)::type;
      const auto& own = *record_model().records[record_index<Record>];
      if (known || std::string_view(own.name) != type.name) return;
      known = true;
      links.push_back(link_record(type, own, found));
      links.back().operations = &operations_of<Record>;
    });
    if (!known) found.add(std::string(type.name) + " is in the host only");
  }
  found.throw_if_any();
  return links;
}

}  // namespace
}  // namespace clinic::mapping
