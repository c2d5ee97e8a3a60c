#pragma once

/// \file
/// How our own value types stand in SQLite's columns. Comes before the code that ODB generates.

#include "optional_traits.hpp"
#include "value_traits.hpp"

#include <odb/sqlite/traits.hxx>

namespace odb::sqlite {

template <>
class value_traits<clinic::Timestamp, id_integer>
    : public clinic::mapping::IntegerTraits<clinic::Timestamp, long long> {};
template <>
class value_traits<clinic::Date, id_integer> : public clinic::mapping::IntegerTraits<clinic::Date, long long> {};
template <>
class value_traits<clinic::Json, id_text> : public clinic::mapping::TextTraits<clinic::Json> {};
template <clinic::mapping::Word Enum>
class value_traits<Enum, id_text> : public clinic::mapping::TextTraits<Enum> {};

}  // namespace odb::sqlite
