#pragma once

/// \file
/// How our own value types stand in PostgreSQL's columns. Comes before the code that ODB generates.

#include "optional_traits.hpp"
#include "value_traits.hpp"

#include <odb/pgsql/traits.hxx>

namespace clinic::mapping {

/// PostgreSQL's integers travel in network order.
struct NetworkOrder {
  template <class Integer>
  static Integer to_column(Integer integer) {
    return odb::pgsql::details::endian_traits::hton(integer);
  }
  template <class Integer>
  static Integer from_column(Integer integer) {
    return odb::pgsql::details::endian_traits::ntoh(integer);
  }
};

}  // namespace clinic::mapping

namespace odb::pgsql {

template <>
class value_traits<clinic::Timestamp, id_bigint>
    : public clinic::mapping::IntegerTraits<clinic::Timestamp, long long, clinic::mapping::NetworkOrder> {};
template <>
class value_traits<clinic::Date, id_integer>
    : public clinic::mapping::IntegerTraits<clinic::Date, int, clinic::mapping::NetworkOrder> {};
template <>
class value_traits<clinic::Json, id_string> : public clinic::mapping::TextTraits<clinic::Json> {};
template <clinic::mapping::Word Enum>
class value_traits<Enum, id_string> : public clinic::mapping::TextTraits<Enum> {};

}  // namespace odb::pgsql
