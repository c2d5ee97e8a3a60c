#pragma once

#include "record_operations.hpp"

namespace clinic::mapping {
namespace {

inline void select_rows(Session& session, const RecordLink& record, const clinic_query& query, plugin::Rows& rows) {
  auto& shape = session.shape;
  auto& values = session.values;
  shape.clear();
  values.clear();
  shape.push_back(static_cast<std::uint32_t>(StatementKind::select));
  shape.push_back(query.record);
  shape.push_back(query.limit != 0);
  shape.push_back(static_cast<std::uint32_t>(query.order_count));
  for (std::size_t i = 0; i < query.order_count; ++i) {
    const auto& order = query.order[i];
    if (record.field(order.field).nullable)
      throw Failure::refused(std::string(record.host->name) + " cannot be ordered by a field that may be null");
    shape.push_back(order.field * 2 + (order.descending ? 1 : 0));
  }
  const auto criteria_begin = shape.size();
  CriteriaReader(record, query.terms, query.term_count, shape, values).read();
  clinic_value limit{};
  if (query.limit != 0) {
    limit = detail::integer_value(static_cast<std::int64_t>(std::min<std::uint64_t>(query.limit, INT64_MAX)));
    values.push_back(&limit);
  }
  record.operations->select(session, record, criteria_begin, rows);
}

}  // namespace
}  // namespace clinic::mapping
