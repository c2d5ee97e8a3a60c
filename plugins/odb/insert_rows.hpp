#pragma once

/// \file
/// An INSERT of several rows. ODB sends a statement for each, which is a round trip to a server for each.

#include "record_operations.hpp"

#include <algorithm>
#include <bit>

namespace clinic::mapping {
namespace {

/// A prepared INSERT of a number of rows of one record.
template <class D>
class InsertStatement final : public Statement {
 public:
  InsertStatement(Session& session, std::string statement_name, const RecordLink& record, std::size_t rows)
      : Statement(std::move(statement_name), 0), record_(record), parameters_(record.fields.size() * rows) {
    std::string columns, values;
    for (const auto& field : record.fields)
      columns += (columns.empty() ? "" : ", ") + quoted(field.name);
    std::size_t at = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      values += row ? ", (" : "(";
      for (std::size_t field = 0; field < record.fields.size(); ++field, ++at) {
        parameters_.declare(at, record.fields[field].kind);
        values += (field ? ", " : "") + D::placeholder(at);
      }
      values += ')';
    }
    command_ = parameters_.prepare(*session.connection, name,
                                   "INSERT INTO " + record.table + " (" + columns + ") VALUES " + values);
  }

  void execute(void* const* host_records, std::size_t rows) {
    std::size_t at = 0;
    clinic_value value;
    for (std::size_t row = 0; row < rows; ++row)
      for (std::uint32_t field = 0; field < record_.fields.size(); ++field, ++at) {
        record_.host->get(host_records[row], field, &value);
        parameters_.set(at, field == record_.host->version_field ? detail::integer_value(1) : value);
      }
    parameters_.changed();
    command_->execute();
    if (record_.host->version_field == CLINIC_NO_FIELD) return;
    for (std::size_t row = 0; row < rows; ++row)
      copy_version_to_host(record_, 1, host_records[row]);
  }

 private:
  const RecordLink& record_;
  typename D::Parameters parameters_;  // outlives the command
  std::unique_ptr<Driver::Command> command_;
};

inline std::size_t text_size(const RecordLink& record, const void* host_record) {
  std::size_t size = 0;
  clinic_value value;
  for (std::uint32_t field = 0; field < record.fields.size(); ++field) {
    record.host->get(host_record, field, &value);
    if (value.kind == CLINIC_TEXT) size += value.as.text.size;
  }
  return size;
}

/// How many of the rows to insert by one statement: a power of two, so that a record has few statements, and no more
/// text than a server takes in one packet (MySQL's `max_allowed_packet` is 4 MiB or more).
inline std::size_t rows_at_once(const RecordLink& record, void* const* host_records, std::size_t count) {
  constexpr std::size_t most_rows = 32, most_text = 1 << 20;
  std::size_t rows = 0, text = 0;
  while (rows < std::min(count, most_rows) && (text += text_size(record, host_records[rows])) <= most_text)
    ++rows;
  return std::max<std::size_t>(std::bit_floor(rows), 1);
}

template <class D>
InsertStatement<D>& insert_statement(Session& session, std::uint32_t record_index, const RecordLink& record,
                                     std::size_t rows) {
  session.shape.assign(
      {static_cast<std::uint32_t>(StatementKind::insert), record_index, static_cast<std::uint32_t>(rows)});
  session.values.clear();
  return session.statements.get<InsertStatement<D>>(session.shape, session.values, [&](std::string name) {
    return std::make_unique<InsertStatement<D>>(session, std::move(name), record, rows);
  });
}

template <class D = Driver>
void insert_rows(Session& session, Driver::Database& database, const RecordLink& record, std::uint32_t record_index,
                 void* const* host_records, std::size_t count) {
  if constexpr (requires { typename D::Parameters; }) {
    while (count > 1) {
      const auto rows = rows_at_once(record, host_records, count);
      if (rows > 1)
        insert_statement<D>(session, record_index, record, rows).execute(host_records, rows);
      else
        record.operations->insert(database, record, host_records, 1);
      host_records += rows;
      count -= rows;
    }
  }
  record.operations->insert(database, record, host_records, count);
}

}  // namespace
}  // namespace clinic::mapping
