#pragma once

#include "store/criteria.hpp"

#include "records/records.hpp"

#include <vector>

namespace clinic {

/// Entries whose outcome is one. A row in which somebody wrote another beside the SDK cannot be read, and would take
/// with it all that is asked for together with it.
inline Criteria<AuditEntry> readable_entries() {
  static const std::vector<AuditOutcome> outcomes{AuditOutcome::done, AuditOutcome::refused, AuditOutcome::failed};
  return where(&AuditEntry::outcome).in(outcomes);
}

}  // namespace clinic
