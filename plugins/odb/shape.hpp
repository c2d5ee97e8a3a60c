#pragma once

/// \file
/// Splits a call into its values and its *shape*, which is everything else. Calls of one shape share one prepared
/// statement.

#include "record_links.hpp"

#include <boost/container/small_vector.hpp>

#include <bit>
#include <cstdint>

namespace clinic::mapping {
namespace {

enum class StatementKind : std::uint32_t { select, insert, erase, touch, set_version, aggregate };

/// Numbers that describe the statement fully. Whole shapes are compared, so two of them never share a statement because
/// their hashes are equal. The kind and the host's record index come first, then what the kind needs. The criteria come
/// last, as CriteriaReader writes them.
using Shape = boost::container::small_vector<std::uint32_t, 32>;
/// The values in the order in which the statement names them. They belong to the host.
using Values = boost::container::small_vector<const clinic_value*, 16>;

struct ShapeHash {
  std::size_t operator()(const Shape& shape) const noexcept {
    std::uint64_t hash = 14695981039346656037u;
    for (auto number : shape)
      hash = (hash ^ number) * 1099511628211u;
    return static_cast<std::size_t>(hash ^ (hash >> 32));
  }
};

/// Servers take 65535 parameters at the most, SQLite 32766.
inline constexpr std::uint32_t most_values = 16384;

/// Checks criteria and splits them. A term's operator and its field or count go to the shape, its value to the values.
class CriteriaReader {
 public:
  CriteriaReader(const RecordLink& record, const clinic_term* terms, std::size_t count, Shape& shape, Values& values)
      : record_(record), next_(terms), end_(terms + count), shape_(shape), values_(values) {}

  void read() {
    if (next_ != end_) read_term(0);
    if (next_ != end_) throw malformed();
  }

 private:
  static Failure malformed() { return Failure::refused("the criteria are malformed"); }

  const clinic_term& take() {
    if (next_ == end_) throw malformed();
    return *next_++;
  }

  void read_value(const FieldLink& field, const clinic_term& term) {
    if (term.value.kind != field.kind)
      throw Failure::refused(std::string(record_.host->name) + "." + std::string(field.name) +
                             " is compared with a value of another kind");
    if (values_.size() >= most_values)
      throw Failure::refused("the criteria have more than " + std::to_string(most_values) + " values");
    values_.push_back(&term.value);
  }

  void read_term(int depth) {
    if (depth > 64) throw Failure::refused("the criteria are nested too deeply");
    const auto& term = take();
    shape_.push_back(term.op);
    switch (term.op) {
      case CLINIC_EQ:
      case CLINIC_NE:
      case CLINIC_LT:
      case CLINIC_LE:
      case CLINIC_GT:
      case CLINIC_GE:
        shape_.push_back(term.field);
        read_value(record_.field(term.field), term);
        return;
      case CLINIC_IS_NULL:
      case CLINIC_NOT_NULL:
        record_.field(term.field);
        shape_.push_back(term.field);
        return;
      case CLINIC_IN:
        return read_list(term);
      case CLINIC_AND:
      case CLINIC_OR:
        shape_.push_back(term.count);
        for (std::uint32_t i = 0; i < term.count; ++i)
          read_term(depth + 1);
        return;
      case CLINIC_NOT:
        if (term.count != 1) throw malformed();
        return read_term(depth + 1);
      default:
        throw Failure::refused("the criteria have an unknown operator");
    }
  }

  /// Lists are filled up to a power of two with their last value, so that a few shapes serve all lengths.
  void read_list(const clinic_term& list) {
    const auto& field = record_.field(list.field);
    const std::uint32_t padded = list.count > most_values ? list.count : std::bit_ceil(list.count);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const auto& item = take();
      if (item.op != CLINIC_EQ || item.field != list.field) throw malformed();
      read_value(field, item);
    }
    shape_.push_back(list.field);
    shape_.push_back(list.count == 0 ? 0 : padded);
    if (list.count > 0) values_.resize(values_.size() + padded - list.count, values_.back());
  }

  const RecordLink& record_;
  const clinic_term* next_;
  const clinic_term* end_;
  Shape& shape_;
  Values& values_;
};

}  // namespace
}  // namespace clinic::mapping
