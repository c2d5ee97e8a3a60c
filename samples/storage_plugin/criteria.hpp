#pragma once

/// \file
/// Whether a row matches criteria, with SQL's three truth values: what is compared with NULL is unknown, and so is NOT
/// unknown.

#include "rows.hpp"

#include <cstddef>

namespace memory {

class Criteria {
 public:
  Criteria(const clinic_record_type& type, const clinic_term* terms, std::size_t count)
      : type_(type), terms_(terms), count_(count) {
    std::size_t at = 0;
    if (count_ > 0) check(at);
    if (at != count_) throw Failure::refused("criteria with terms that belong to nothing");
  }

  /// No terms match every row.
  bool match(const Row& row) const {
    std::size_t at = 0;
    return count_ == 0 || evaluate(row, at) == Truth::yes;
  }

 private:
  enum class Truth { no, unknown, yes };
  static Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

  /// Once for all rows: that every term has its operands and its field.
  void check(std::size_t& at) const {
    if (at >= count_) throw Failure::refused("criteria end in the middle of a term");
    const auto& term = terms_[at++];
    switch (term.op) {
      case CLINIC_AND:
      case CLINIC_OR:
        for (std::uint32_t i = 0; i < term.count; ++i)
          check(at);
        return;
      case CLINIC_NOT:
        check(at);
        return;
      case CLINIC_IN:
        if (term.count > count_ - at) throw Failure::refused("criteria end in the middle of a list");
        check_field(term);
        for (const auto end = at + term.count; at < end; ++at) {
          if (terms_[at].op != CLINIC_EQ || terms_[at].field != term.field)
            throw Failure::refused("a list with what is no value of its field");
          check_value(terms_[at]);
        }
        return;
      case CLINIC_EQ:
      case CLINIC_NE:
      case CLINIC_LT:
      case CLINIC_LE:
      case CLINIC_GT:
      case CLINIC_GE:
        check_field(term);
        check_value(term);
        return;
      case CLINIC_IS_NULL:
      case CLINIC_NOT_NULL:
        check_field(term);
        return;
      default:
        throw Failure::refused("an unknown operator in criteria");
    }
  }
  void check_field(const clinic_term& term) const {
    if (term.field >= type_.field_count) throw Failure::refused("an unknown field in criteria");
  }
  void check_value(const clinic_term& term) const {
    const auto& field = *type_.fields[term.field];
    if (term.value.kind != field.kind)
      throw Failure::refused(std::string(type_.name) + "." + field.name + " is compared with a value of another kind");
  }

  /// `at` moves behind the term and its operands, which is why nothing is cut short.
  Truth evaluate(const Row& row, std::size_t& at) const {
    const auto& term = terms_[at++];
    switch (term.op) {
      case CLINIC_AND: {
        auto result = Truth::yes;
        for (std::uint32_t i = 0; i < term.count; ++i)
          result = std::min(result, evaluate(row, at));
        return result;
      }
      case CLINIC_OR: {
        auto result = Truth::no;
        for (std::uint32_t i = 0; i < term.count; ++i)
          result = std::max(result, evaluate(row, at));
        return result;
      }
      case CLINIC_NOT: {
        const auto inner = evaluate(row, at);
        return inner == Truth::unknown ? inner : truth(inner == Truth::no);
      }
      case CLINIC_IN: {
        auto result = Truth::no;
        for (std::uint32_t i = 0; i < term.count; ++i)
          result = std::max(result, compare_field(row[term.field], CLINIC_EQ, terms_[at++].value));
        return result;
      }
      case CLINIC_IS_NULL:
        return truth(row[term.field].null());
      case CLINIC_NOT_NULL:
        return truth(!row[term.field].null());
      default:
        return compare_field(row[term.field], term.op, term.value);
    }
  }

  static Truth compare_field(const Value& field, std::uint32_t op, const clinic_value& value) {
    if (field.null() || value.kind == CLINIC_NULL) return Truth::unknown;
    const int order = compare(field.view(), value);
    switch (op) {
      case CLINIC_EQ:
        return truth(order == 0);
      case CLINIC_NE:
        return truth(order != 0);
      case CLINIC_LT:
        return truth(order < 0);
      case CLINIC_LE:
        return truth(order <= 0);
      case CLINIC_GT:
        return truth(order > 0);
      default:
        return truth(order >= 0);
    }
  }

  const clinic_record_type& type_;
  const clinic_term* terms_;
  std::size_t count_;
};

}  // namespace memory
