#pragma once

/// \file
/// Rows as the memory plugin keeps them.

#include <clinic/plugin/storage.hpp>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace memory {

using clinic::plugin::Failure;
using clinic::plugin::Value;

/// A row never changes: another version of it is another row, so that snapshots may share rows.
using Row = std::vector<Value>;
using RowPointer = std::shared_ptr<const Row>;

inline Row read(const clinic_record_type& type, const void* object) {
  Row row;
  row.reserve(type.field_count);
  for (std::uint32_t field = 0; field < type.field_count; ++field) {
    row.emplace_back(clinic::plugin::get(type, object, field));
    if (row.back().null() && (type.fields[field]->flags & CLINIC_FIELD_NULLABLE) == 0)
      throw Failure(CLINIC_PLUGIN_CONSTRAINT,
                    std::string(type.name) + "." + type.fields[field]->name + " must not be null");
  }
  return row;
}

inline void write(const clinic_record_type& type, const Row& row, void* object) {
  for (std::uint32_t field = 0; field < type.field_count; ++field)
    clinic::plugin::set(type, object, field, row[field].view());
}

/// Less than 0, 0, more than 0. Texts compare by bytes; both values are of one kind, and no NULLs.
inline int compare(const clinic_value& left, const clinic_value& right) {
  const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (left.kind != right.kind) throw Failure::refused("values of two kinds cannot be compared");
  if (left.kind == CLINIC_INT) return order(left.as.integer, right.as.integer);
  if (left.kind == CLINIC_REAL) return order(left.as.real, right.as.real);
  return order(std::string_view(left.as.text.data, left.as.text.size),  // char_traits<char> compares as unsigned bytes
               std::string_view(right.as.text.data, right.as.text.size));
}

/// The rows of one record type, in the order of their ids. Copied by the first write of a transaction, and a copy
/// shares the rows: 1000 rows in some 10 µs.
class Table {
 public:
  explicit Table(const clinic_record_type& type) : type_(&type) {}

  const std::vector<RowPointer>& rows() const { return rows_; }
  /// Null when there is none.
  RowPointer find(std::string_view id) const {
    const auto at = place(id);
    return at != rows_.end() && id_of(**at) == id ? *at : nullptr;
  }
  void insert(RowPointer row) {
    const auto at = place(id_of(*row));
    if (at != rows_.end() && id_of(**at) == id_of(*row))
      throw Failure::unique_violation(type_->fields[type_->id_field]->name);
    check_unique(*row);
    rows_.insert(at, std::move(row));
  }
  /// Instead of the row with the same id, which is there.
  void replace(RowPointer row) {
    check_unique(*row);
    const auto at = place(id_of(*row));
    rows_[static_cast<std::size_t>(at - rows_.begin())] = std::move(row);
  }
  template <class Condition>
  std::uint64_t erase_if(Condition condition) {
    return std::erase_if(rows_, [&](const RowPointer& row) { return condition(*row); });
  }

 private:
  std::string_view id_of(const Row& row) const { return row[type_->id_field].text; }
  std::vector<RowPointer>::const_iterator place(std::string_view id) const {
    return std::lower_bound(rows_.begin(), rows_.end(), id,
                            [&](const RowPointer& row, std::string_view wanted) { return id_of(*row) < wanted; });
  }
  /// A row with a NULL in the constraint's fields is like no other.
  void check_unique(const Row& row) const {
    for (std::uint32_t i = 0; i < type_->index_count; ++i) {
      const auto& index = *type_->indexes[i];
      if (index.unique == 0) continue;
      const auto null = [&](std::uint32_t at) { return row[index.fields[at]].null(); };
      bool holds_null = false;
      for (std::uint32_t at = 0; at < index.field_count; ++at)
        holds_null = holds_null || null(at);
      if (holds_null) continue;
      for (const auto& other : rows_)
        if (same(*other, row, index) && id_of(*other) != id_of(row)) throw Failure::unique_violation(index.name);
    }
  }
  static bool same(const Row& left, const Row& right, const clinic_index& index) {
    return std::all_of(index.fields, index.fields + index.field_count, [&](std::uint32_t field) {
      return !left[field].null() && compare(left[field].view(), right[field].view()) == 0;
    });
  }

  const clinic_record_type* type_;
  std::vector<RowPointer> rows_;
};

}  // namespace memory
