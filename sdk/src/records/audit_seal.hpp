#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A batch of audit entries, sealed after their commit: it names them all, and its MAC covers theirs and the seal
/// before it. The ids count up from 1 without a gap.
struct AuditSeal {
  std::string id;  ///< the number of the seal, in twelve digits
  Timestamp created_at{};
  std::int64_t entry_count = 0;
  std::string entry_ids;  ///< joined by commas
  std::string mac;
};
BOOST_DESCRIBE_STRUCT(AuditSeal, (), (id, created_at, entry_count, entry_ids, mac))

template <>
struct Table<AuditSeal> {
  static constexpr std::string_view name = "audit_seals";
  static constexpr std::string_view resource = "audit_seal";
  static constexpr std::array<Constraint, 0> constraints{};
  static constexpr std::array<Reference, 0> references{};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
