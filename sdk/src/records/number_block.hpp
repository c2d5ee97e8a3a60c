#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// The next unused sequence number of a scope (a pattern, in a year). Processes take blocks, so that it is no hot row.
struct NumberBlock {
  std::string id;  ///< the scope
  std::int64_t next_value = 1;
  std::int64_t lock_count = 0;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(NumberBlock, (), (id, next_value, lock_count, version))

template <>
struct Table<NumberBlock> {
  static constexpr std::string_view name = "number_blocks";
  static constexpr std::string_view resource = "number_block";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array<Reference, 0> references{};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
