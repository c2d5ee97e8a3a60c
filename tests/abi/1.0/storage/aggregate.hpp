#pragma once

/// \file
/// Groups and measures over rows.

#include "rows.hpp"

#include <map>

namespace memory {

/// One measure of one group.
class Measure {
 public:
  explicit Measure(const clinic_measure& measure) : measure_(measure) {
    if (measure.function == CLINIC_COUNT) result_ = Value::of(0);
  }

  void add(const Row& row) {
    if (measure_.function == CLINIC_COUNT) {
      ++result_.integer;
      return;
    }
    const auto& value = row[measure_.field];
    if (value.null()) return;
    if (result_.null()) {
      result_ = value;
    } else if (measure_.function == CLINIC_SUM) {
      if (__builtin_add_overflow(result_.integer, value.integer, &result_.integer))
        throw Failure::refused("a sum beyond 64 bits");
    } else if ((compare(value.view(), result_.view()) < 0) == (measure_.function == CLINIC_MIN)) {
      result_ = value;
    }
  }
  const Value& result() const { return result_; }

 private:
  clinic_measure measure_;
  Value result_{};
};

/// Orders the keys of groups: field by field, NULL first.
struct KeyLess {
  bool operator()(const Row& left, const Row& right) const {
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i].null() || right[i].null()) {
        if (left[i].null() != right[i].null()) return left[i].null();
      } else if (const int order = compare(left[i].view(), right[i].view()); order != 0) {
        return order < 0;
      }
    }
    return false;
  }
};

class Aggregation {
 public:
  Aggregation(const clinic_record_type& type, const clinic_aggregate& aggregate) : aggregate_(aggregate) {
    for (std::size_t i = 0; i < aggregate.group_count; ++i)
      if (aggregate.group_by[i] >= type.field_count) throw Failure::refused("grouped by an unknown field");
    for (std::size_t i = 0; i < aggregate.measure_count; ++i)
      check(type, aggregate.measures[i]);
    if (aggregate.group_count == 0) group({});  // there even without a row
  }

  void add(const Row& row) {
    Row key;
    for (std::size_t i = 0; i < aggregate_.group_count; ++i)
      key.push_back(row[aggregate_.group_by[i]]);
    for (auto& measure : group(std::move(key)))
      measure.add(row);
  }

  void deliver(clinic::plugin::Groups& target) const {
    std::vector<clinic_value> values;
    for (const auto& [key, measures] : groups_) {
      values.clear();
      for (const auto& value : key)
        values.push_back(value.view());
      for (const auto& measure : measures)
        values.push_back(measure.result().view());
      if (!target.add(values.data(), values.size())) return;
    }
  }

 private:
  static void check(const clinic_record_type& type, const clinic_measure& measure) {
    if (measure.function < CLINIC_COUNT || measure.function > CLINIC_MAX) throw Failure::refused("an unknown measure");
    if (measure.function == CLINIC_COUNT) return;
    if (measure.field >= type.field_count) throw Failure::refused("a measure of an unknown field");
    if (measure.function == CLINIC_SUM && type.fields[measure.field]->kind != CLINIC_INT)
      throw Failure::refused("a sum of what are no integers");
  }
  std::vector<Measure>& group(Row key) {
    auto& measures = groups_[std::move(key)];
    if (measures.empty())
      for (std::size_t i = 0; i < aggregate_.measure_count; ++i)
        measures.emplace_back(aggregate_.measures[i]);
    return measures;
  }

  const clinic_aggregate& aggregate_;
  std::map<Row, std::vector<Measure>, KeyLess> groups_;
};

}  // namespace memory
