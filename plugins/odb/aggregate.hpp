#pragma once

#include "rows.hpp"
#include "transaction.hpp"

namespace clinic::mapping {
namespace {

/// Of a group, or where each row is a group of its own, of the row.
inline std::string measure_expression(const RecordLink& record, const clinic_measure& measure, bool of_row) {
  if (measure.function == CLINIC_COUNT) return of_row ? "1" : "COUNT(*)";
  const auto& column = record.field(measure.field).column;
  const auto applied = [&](const std::string& function) { return of_row ? column : function + "(" + column + ")"; };
  switch (measure.function) {
    case CLINIC_SUM:
      if (record.field(measure.field).kind != CLINIC_INT) throw Failure::refused("only integers have a sum");
      return applied("SUM");
    case CLINIC_MIN:
      return applied("MIN");
    case CLINIC_MAX:
      return applied("MAX");
    default:
      throw Failure::refused("an unknown aggregate function");
  }
}

inline bool is_text(const RecordLink& record, const clinic_measure& measure) {
  return measure.function != CLINIC_COUNT && record.field(measure.field).kind == CLINIC_TEXT;
}

/// How many groups the host takes; 0: all. A host of before 1.3 does not say.
inline std::uint32_t limit_of(const clinic_aggregate& wanted) {
  const bool said = wanted.struct_size >= offsetof(clinic_aggregate, limit) + sizeof wanted.limit;
  return said && wanted.limit <= UINT32_MAX ? static_cast<std::uint32_t>(wanted.limit) : 0;
}

/// An aggregate in SQL, and the columns in which its results come.
struct AggregatePlan {
  AggregatePlan(const RecordLink& record, const clinic_aggregate& wanted)
      : by_id(wanted.group_count > 0 && wanted.group_by[0] == record.host->id_field), limit(limit_of(wanted)) {
    auto add = [&](bool text, const std::string& expression) {
      results.push_back(text ? columns.add_text(expression) : columns.add_integer(expression));
    };
    for (std::size_t i = 0; i < wanted.group_count; ++i) {
      const auto& field = record.field(wanted.group_by[i]);
      add(field.kind == CLINIC_TEXT, field.column);
      group_by += (i ? ", " : "") + field.column;
    }
    for (std::size_t i = 0; i < wanted.measure_count; ++i)
      add(is_text(record, wanted.measures[i]), measure_expression(record, wanted.measures[i], by_id));
    if (results.empty()) throw Failure::refused("an aggregate without a group and without a measure");
  }

  Driver::Query query(const RecordLink& record, const Shape& shape, std::size_t criteria_begin,
                      std::vector<Slot>& slots) const {
    Driver::Query query(columns.select_list() + " FROM " + record.table);
    SqlBuilder(record, shape, criteria_begin, slots).where(query);
    // Rows are read in the order of the index as they are; groups would be sorted, as far as the table goes.
    if (by_id)
      query += "ORDER BY " + record.field(record.host->id_field).column;
    else if (!group_by.empty())
      query += "GROUP BY " + group_by + " ORDER BY " + group_by;
    if (limit != 0) query += "LIMIT " + std::to_string(limit);
    return query;
  }

  bool by_id;  ///< each row is a group of its own
  RowColumns columns;
  std::vector<RowColumns::Column> results;  ///< the group's fields, then the measures
  std::string group_by;
  std::uint32_t limit;
};

struct AggregateStatement final : Statement {
  AggregateStatement(Session& session, std::string statement_name, const RecordLink& record, const AggregatePlan& plan,
                     std::size_t criteria_begin)
      : Statement(std::move(statement_name), session.values.size()),
        results(plan.results),
        query(session.connection->prepare_query<Row>(name.c_str(),
                                                     plan.query(record, session.shape, criteria_begin, slots))) {}

  std::vector<RowColumns::Column> results;
  odb::prepared_query<Row> query;
};

inline void aggregate_rows(Session& session, const RecordLink& record, const clinic_aggregate& wanted,
                           plugin::Groups& groups) {
  auto& shape = session.shape;
  shape.assign({static_cast<std::uint32_t>(StatementKind::aggregate), wanted.record,
                static_cast<std::uint32_t>(wanted.group_count), static_cast<std::uint32_t>(wanted.measure_count),
                limit_of(wanted)});
  session.values.clear();
  for (std::size_t i = 0; i < wanted.group_count; ++i)
    shape.push_back(wanted.group_by[i]);
  for (std::size_t i = 0; i < wanted.measure_count; ++i) {
    shape.push_back(wanted.measures[i].function);
    shape.push_back(wanted.measures[i].function == CLINIC_COUNT ? 0 : wanted.measures[i].field);
  }
  const auto criteria_begin = shape.size();
  CriteriaReader(record, wanted.terms, wanted.term_count, shape, session.values).read();

  auto& statement = session.statements.get<AggregateStatement>(shape, session.values, [&](std::string name) {
    return std::make_unique<AggregateStatement>(session, std::move(name), record, AggregatePlan(record, wanted),
                                                criteria_begin);
  });
  odb::result<Row> rows = statement.query.execute(false);
  boost::container::small_vector<clinic_value, 12> values(statement.results.size());
  Row row;
  for (auto next = rows.begin(); next != rows.end(); ++next) {
    next.load(row);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = statement.results[i].value_in(row);
    if (!groups.add(values.data(), values.size())) return;
  }
}

}  // namespace
}  // namespace clinic::mapping
