#pragma once

/// \file
/// Criteria from member pointers, kept as the flat prefix array that crosses the storage line:
/// `where(&Patient::status) == PatientStatus::active && starts_with(&Patient::name_key, "jane")`.

#include "records/record_model.hpp"
#include "records/values.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace clinic {

namespace detail {

/// One term with its value owned.
struct Term {
  std::uint32_t op = 0;
  std::uint32_t field = 0;
  std::uint32_t count = 0;
  std::uint32_t kind = CLINIC_NULL;
  std::int64_t integer = 0;
  std::string text;
};
using Terms = boost::container::small_vector<Term, 4>;

/// By where the member lies, and not by comparing it with each member of the description: that would be compiled once
/// for every pair of a record and a member's type.
template <class Record, class Member>
std::uint32_t field_index(Member Record::*member) {
  alignas(Record) static const std::byte somewhere[sizeof(Record)] = {};
  const auto& field = reinterpret_cast<const Record*>(somewhere)->*member;
  return field_at(record_index<Record>,
                  static_cast<std::size_t>(reinterpret_cast<const std::byte*>(std::addressof(field)) - somewhere));
}

template <class T>
struct Bare {
  using type = T;
};
template <class T>
struct Bare<std::optional<T>> {
  using type = T;
};

template <class Value>
Term make_term(std::uint32_t op, std::uint32_t field, const Value& value) {
  Term term{op, field, 0, CLINIC_INT, 0, {}};
  if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    term.kind = CLINIC_TEXT;
    term.text = std::string_view(value);
  } else {
    const auto crossing = value_of(value);
    term.kind = crossing.kind;
    if (crossing.kind == CLINIC_TEXT)
      term.text.assign(crossing.as.text.data, crossing.as.text.size);
    else
      term.integer = crossing.as.integer;
  }
  return term;
}

}  // namespace detail

/// A condition on records of one type. The empty one matches every record.
template <class Record>
struct Criteria {
  detail::Terms terms;
  bool empty() const { return terms.empty(); }
};

namespace detail {
template <class Record>
Criteria<Record> join(std::uint32_t op, Criteria<Record> left, Criteria<Record> right) {
  if (left.empty()) return right;
  if (right.empty()) return left;
  // A chain of one operator is one list: a && b && c has three parts.
  if (left.terms.front().op == op)
    ++left.terms.front().count;
  else
    left.terms.insert(left.terms.begin(), Term{op, 0, 2, CLINIC_NULL, 0, {}});
  left.terms.reserve(left.terms.size() + right.terms.size());
  for (auto& term : right.terms)
    left.terms.push_back(std::move(term));
  return left;
}
}  // namespace detail

template <class Record>
Criteria<Record> operator&&(Criteria<Record> left, Criteria<Record> right) {
  return detail::join(CLINIC_AND, std::move(left), std::move(right));
}
/// Both sides must be conditions: an empty one would be taken for "no condition".
template <class Record>
Criteria<Record> operator||(Criteria<Record> left, Criteria<Record> right) {
  return detail::join(CLINIC_OR, std::move(left), std::move(right));
}
template <class Record>
Criteria<Record> operator!(const Criteria<Record>& criteria) {
  Criteria<Record> result;
  result.terms.push_back(detail::Term{CLINIC_NOT, 0, 1, CLINIC_NULL, 0, {}});
  for (const auto& term : criteria.terms)
    result.terms.push_back(term);
  return result;
}

template <class Record, class Member>
class Where {
 public:
  using Value = std::conditional_t<std::is_same_v<typename detail::Bare<Member>::type, std::string>, std::string_view,
                                   typename detail::Bare<Member>::type>;
  explicit Where(Member Record::*member) : field_(detail::field_index(member)) {}

  Criteria<Record> operator==(const Value& value) const { return compare(CLINIC_EQ, value); }
  Criteria<Record> operator!=(const Value& value) const { return compare(CLINIC_NE, value); }
  Criteria<Record> operator<(const Value& value) const { return compare(CLINIC_LT, value); }
  Criteria<Record> operator<=(const Value& value) const { return compare(CLINIC_LE, value); }
  Criteria<Record> operator>(const Value& value) const { return compare(CLINIC_GT, value); }
  Criteria<Record> operator>=(const Value& value) const { return compare(CLINIC_GE, value); }
  Criteria<Record> is_null() const { return bare(CLINIC_IS_NULL); }
  Criteria<Record> is_not_null() const { return bare(CLINIC_NOT_NULL); }
  template <class Range>
  Criteria<Record> in(const Range& values) const {
    if (std::ranges::size(values) == 1) return *this == *std::ranges::begin(values);
    auto result = bare(CLINIC_IN);
    for (const auto& value : values) {
      result.terms.push_back(detail::make_term(CLINIC_EQ, field_, value));
      ++result.terms.front().count;
    }
    return result;
  }

 private:
  Criteria<Record> compare(std::uint32_t op, const Value& value) const {
    Criteria<Record> result;
    result.terms.push_back(detail::make_term(op, field_, value));
    return result;
  }
  Criteria<Record> bare(std::uint32_t op) const {
    Criteria<Record> result;
    result.terms.push_back(detail::Term{op, field_, 0, CLINIC_NULL, 0, {}});
    return result;
  }
  std::uint32_t field_;
};

template <class Record, class Member>
Where<Record, Member> where(Member Record::*member) {
  return Where<Record, Member>(member);
}

/// Texts that begin with the prefix, as a range of bytes: an index serves it and no character is a wildcard.
template <class Record, class Member>
Criteria<Record> starts_with(Member Record::*member, std::string_view prefix) {
  return where(member) >= prefix && where(member) < std::string(prefix) + "\U0010FFFF";
}

template <class Record>
class Query {
 public:
  Query() = default;
  Query(Criteria<Record> criteria) : criteria_(std::move(criteria)) {}  // NOLINT(google-explicit-constructor)

  template <class Member>
  Query&& order_by(Member Record::*member, bool descending = false) && {
    static_assert(!detail::is_optional<Member>, "engines differ in where NULL stands");
    order_.push_back({detail::field_index(member), descending ? 1u : 0u});
    return std::move(*this);
  }
  Query&& limit(std::uint64_t limit) && {
    limit_ = limit;
    return std::move(*this);
  }

  /// As it crosses the line; valid while the query is, and until the next call.
  clinic_query view() const {
    view_.clear();
    for (const auto& term : criteria_.terms) {
      clinic_term out{term.op, term.field, term.count, 0, {}};
      out.value = term.kind == CLINIC_TEXT  ? detail::text_value(term.text)
                  : term.kind == CLINIC_INT ? detail::integer_value(term.integer)
                                            : clinic_value{};
      view_.push_back(out);
    }
    return {sizeof(clinic_query), record_index<Record>, view_.data(), view_.size(),
            order_.data(),        order_.size(),        limit_};
  }

 private:
  /// Made anew by every view(): copies of a query need none of it. (And gcc 12 warns where such a vector is moved.)
  struct Terms : boost::container::small_vector<clinic_term, 8> {
    Terms() = default;
    Terms(const Terms&) : Terms() {}
    Terms& operator=(const Terms&) { return *this; }
  };

  Criteria<Record> criteria_;
  boost::container::small_vector<clinic_order, 2> order_;
  std::uint64_t limit_ = 0;
  mutable Terms view_;
};

}  // namespace clinic
