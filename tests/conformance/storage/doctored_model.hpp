#pragma once

/// \file
/// A copy of the host's model that a check may change.

#include "records/record_model.hpp"

#include <algorithm>
#include <deque>
#include <string_view>
#include <vector>

namespace clinic::conformance {

struct DoctoredModel {
  struct Record {
    clinic_record_type type;
    std::deque<clinic_field> fields;
    std::vector<const clinic_field*> pointers{};
    std::deque<clinic_index> indexes{};
    std::deque<std::vector<std::uint32_t>> index_fields{};  ///< of `indexes`, in their order at first
    std::vector<const clinic_index*> index_pointers{};
  };
  std::deque<Record> records;
  std::vector<const clinic_record_type*> pointers;
  clinic_model model = record_model();

  DoctoredModel() {
    for (std::uint32_t i = 0; i < record_model().record_count; ++i) {
      auto& record = records.emplace_back(Record{*record_model().records[i], {}});
      for (std::uint32_t f = 0; f < record.type.field_count; ++f)
        record.fields.push_back(*record.type.fields[f]);
      for (std::uint32_t x = 0; x < record.type.index_count; ++x) {
        record.indexes.push_back(*record.type.indexes[x]);
        auto& index = record.indexes.back();
        record.index_fields.emplace_back(index.fields, index.fields + index.field_count);
        index.fields = record.index_fields.back().data();
      }
    }
  }
  DoctoredModel(const DoctoredModel&) = delete;
  DoctoredModel& operator=(const DoctoredModel&) = delete;

  Record& record(std::string_view name) {
    return *std::find_if(records.begin(), records.end(), [&](auto& each) { return each.type.name == name; });
  }
  clinic_field& field(std::string_view record_name, std::string_view name) {
    auto& fields = record(record_name).fields;
    return *std::find_if(fields.begin(), fields.end(), [&](auto& each) { return each.name == name; });
  }
  const clinic_model& finish() {
    pointers.clear();
    for (auto& each : records) {
      each.pointers.clear();
      each.index_pointers.clear();
      for (auto& one : each.fields)
        each.pointers.push_back(&one);
      for (auto& one : each.indexes)
        each.index_pointers.push_back(&one);
      each.type.fields = each.pointers.data();
      each.type.field_count = static_cast<std::uint32_t>(each.pointers.size());
      each.type.indexes = each.index_pointers.data();
      each.type.index_count = static_cast<std::uint32_t>(each.index_pointers.size());
      pointers.push_back(&each.type);
    }
    model.records = pointers.data();
    model.record_count = static_cast<std::uint32_t>(pointers.size());
    return model;
  }
};

}  // namespace clinic::conformance
