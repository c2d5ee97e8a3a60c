#pragma once

/// \file
/// Statements that change rows without loading them. ODB itself offers none with parameters; its driver classes do.

#include "record_operations.hpp"

namespace clinic::mapping {
namespace {

/// Whether the first value is compared with a column or written to one. For a written one `verb` ends with `column =`.
enum class FirstValue { compared, written };

/// A prepared UPDATE or DELETE. `verb` is the statement up to its WHERE.
struct CommandStatement final : Statement {
  CommandStatement(Session& session, std::string statement_name, const RecordLink& record, std::size_t criteria_begin,
                   const std::string& verb, FirstValue first)
      : Statement(std::move(statement_name), session.values.size()) {
    SqlBuilder builder(record, session.shape, criteria_begin, slots);
    if (first == FirstValue::written) builder.integer_parameter(query_);
    builder.where(query_);
    auto clause = query_.clause();
    // ODB has put a WHERE before the parameter.
    if (first == FirstValue::written) clause.erase(0, std::string_view("WHERE ").size());
    command_ = Driver::make_command(*session.connection, name.c_str(), verb + " " + clause, query_);
  }

  /// Answers the number of rows.
  std::uint64_t execute() {
    query_.init_parameters();
    return command_->execute();
  }

 private:
  Driver::Query query_;  // holds the parameters: outlives the command
  std::unique_ptr<Driver::Command> command_;
};

inline std::uint64_t run_command(Session& session, const RecordLink& record, std::size_t criteria_begin,
                                 const std::string& verb, FirstValue first = FirstValue::compared) {
  return session.statements
      .get<CommandStatement>(session.shape, session.values,
                             [&](std::string name) {
                               return std::make_unique<CommandStatement>(session, std::move(name), record,
                                                                         criteria_begin, verb, first);
                             })
      .execute();
}

inline std::uint64_t erase_rows(Session& session, const RecordLink& record, const clinic_query& query) {
  session.shape.assign({static_cast<std::uint32_t>(StatementKind::erase), query.record});
  const auto criteria_begin = session.shape.size();
  session.values.clear();
  CriteriaReader(record, query.terms, query.term_count, session.shape, session.values).read();
  return run_command(session, record, criteria_begin, "DELETE FROM " + record.table);
}

/// False without such a row.
inline bool touch_row(Session& session, const RecordLink& record, std::uint32_t record_index, std::string_view id) {
  const clinic_value value = detail::text_value(id);
  const clinic_term term{CLINIC_EQ, record.host->id_field, 0, 0, value};
  session.shape.assign({static_cast<std::uint32_t>(StatementKind::touch), record_index});
  const auto criteria_begin = session.shape.size();
  session.values.clear();
  CriteriaReader(record, &term, 1, session.shape, session.values).read();
  const auto lock = quoted(record.host->fields[record.host->lock_field]->name);
  return run_command(session, record, criteria_begin,
                     "UPDATE " + record.table + " SET " + lock + " = " + lock + " + 1") > 0;
}

/// False without such a row.
inline bool write_version(Session& session, const RecordLink& record, std::uint32_t record_index, std::string_view id,
                          std::int64_t version) {
  const clinic_value value = detail::integer_value(version);
  const clinic_term term{CLINIC_EQ, record.host->id_field, 0, 0, detail::text_value(id)};
  session.shape.assign({static_cast<std::uint32_t>(StatementKind::set_version), record_index});
  const auto criteria_begin = session.shape.size();
  session.values.assign({&value});
  CriteriaReader(record, &term, 1, session.shape, session.values).read();
  const auto column = quoted(record.host->fields[record.host->version_field]->name);
  return run_command(session, record, criteria_begin, "UPDATE " + record.table + " SET " + column + " =",
                     FirstValue::written) > 0;
}

}  // namespace
}  // namespace clinic::mapping
