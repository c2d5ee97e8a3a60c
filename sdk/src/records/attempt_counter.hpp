#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// Wrong passwords, codes or tokens given for one account or from one address.
struct AttemptCounter {
  std::string id;  ///< keyed hash of what is counted
  std::int64_t attempts = 0;
  Timestamp last_attempt_at{};
  std::optional<Timestamp> locked_until;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(AttemptCounter, (), (id, attempts, last_attempt_at, locked_until, version))

template <>
struct Table<AttemptCounter> {
  static constexpr std::string_view name = "attempt_counters";
  static constexpr std::string_view resource = "attempt_counter";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array<Reference, 0> references{};
  static constexpr Retention retention = Retention::until_ended;
  // Counted attempts are about hours that are over.
  static constexpr InBackups in_backups = InBackups::no;
};

}  // namespace clinic
