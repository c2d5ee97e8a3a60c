#pragma once

#include "records/records.hpp"
#include "store/criteria.hpp"

namespace clinic {

/// Selects entries with a valid outcome. If somebody wrote another word into a row beside the SDK, the row cannot be
/// read, and the whole query would fail with it.
inline Criteria<AuditEntry> readable_entries() {
  static constexpr AuditOutcome outcomes[] = {AuditOutcome::done, AuditOutcome::refused, AuditOutcome::failed};
  return where(&AuditEntry::outcome).in(outcomes);
}

}  // namespace clinic
