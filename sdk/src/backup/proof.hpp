#pragma once

#include "audit/anchors.hpp"
#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include <clinic/backup.hpp>

namespace clinic {

/// What a restore has written beside the rows of the backup.
struct OwnRows {
  std::int64_t audit_entries = 1;
  std::int64_t number_blocks = 0;  ///< see EventLog::restored
};

/// Checks a restored database, and fills the report with the results. `report.records` says which rows there must be.
/// Throws Error(backup_invalid) at the first check that fails.
void prove(Store& store, const MasterKey& master, Anchors anchors, const OwnRows& made, RestoreReport& report);

}  // namespace clinic
