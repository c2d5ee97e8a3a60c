#pragma once

/// \file
/// How our own value types stand in the columns of MySQL and MariaDB. Comes before the code that ODB generates.

#include "optional_traits.hpp"
#include "value_traits.hpp"

#include <odb/mysql/traits.hxx>

namespace odb::mysql {

template <>
class value_traits<clinic::Timestamp, id_longlong>
    : public clinic::mapping::IntegerTraits<clinic::Timestamp, long long> {};
template <>
class value_traits<clinic::Date, id_long> : public clinic::mapping::IntegerTraits<clinic::Date, int> {};
template <>
class value_traits<clinic::Json, id_string> : public clinic::mapping::TextTraits<clinic::Json> {};
template <clinic::mapping::Word Enum>
class value_traits<Enum, id_string> : public clinic::mapping::TextTraits<Enum> {};

}  // namespace odb::mysql
