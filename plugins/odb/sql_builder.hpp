#pragma once

/// \file
/// From a shape to SQL, in ODB's form: text and by-reference parameters.

#include "shape.hpp"

#include <string>
#include <vector>

namespace clinic::mapping {
namespace {

/// Where a parameter's value lies while a statement runs. ODB keeps references to it.
struct Slot {
  std::string text;
  long long integer = 0;
};

/// Reads a shape from its criteria on.
class SqlBuilder {
 public:
  using Query = Driver::Query;

  /// `slots` has as many as there are values (and stays where it is).
  SqlBuilder(const RecordLink& record, const Shape& shape, std::size_t criteria_begin, std::vector<Slot>& slots)
      : record_(record), shape_(shape), at_(criteria_begin), slots_(slots) {}

  /// Always a WHERE, since ODB would put one before anything else that it does not know as a statement's beginning.
  void where(Query& query) {
    query += std::string("WHERE");
    if (at_ == shape_.size())
      query += std::string("1=1");
    else
      term(query);
  }

  void integer_parameter(Query& query) { query += Query::template _ref<Driver::integer>(slots_[next_slot_++].integer); }
  void text_parameter(Query& query) { query += Query::template _ref<Driver::text>(slots_[next_slot_++].text); }

 private:
  std::uint32_t take() { return shape_[at_++]; }
  const FieldLink& take_field() { return record_.fields[take()]; }

  void parameter(Query& query, const FieldLink& field) {
    field.kind == CLINIC_TEXT ? text_parameter(query) : integer_parameter(query);
  }

  void term(Query& query) {
    static constexpr const char* comparison[] = {"", "=", "<>", "<", "<=", ">", ">="};
    const auto op = take();
    switch (op) {
      case CLINIC_IS_NULL:
        query += take_field().column + " IS NULL";
        return;
      case CLINIC_NOT_NULL:
        query += take_field().column + " IS NOT NULL";
        return;
      case CLINIC_IN:
        return list(query);
      case CLINIC_AND:
      case CLINIC_OR:
        return junction(query, op);
      case CLINIC_NOT:
        query += std::string("NOT (");
        term(query);
        query += std::string(")");
        return;
      default:
        const auto& field = take_field();
        query += field.column + " " + comparison[op];
        parameter(query, field);
    }
  }

  void junction(Query& query, std::uint32_t op) {
    const auto count = take();
    query += std::string("(");
    if (count == 0) query += std::string(op == CLINIC_AND ? "1=1" : "1=0");
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) query += std::string(op == CLINIC_AND ? "AND" : "OR");
      term(query);
    }
    query += std::string(")");
  }

  void list(Query& query) {
    const auto& field = take_field();
    const auto count = take();
    if (count == 0) {
      query += std::string("1=0");
      return;
    }
    query += field.column + " IN (";
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) query += std::string(",");
      parameter(query, field);
    }
    query += std::string(")");
  }

  const RecordLink& record_;
  const Shape& shape_;
  std::size_t at_;
  std::vector<Slot>& slots_;
  std::size_t next_slot_ = 0;
};

}  // namespace
}  // namespace clinic::mapping
