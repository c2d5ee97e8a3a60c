#pragma once

#include "audit/anchors.hpp"
#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include <clinic/backup.hpp>

namespace clinic {

/// Checks a restored database, and fills the report with the results. `report.records` says which rows there must be.
/// Throws Error(backup_invalid) at the first check that fails.
void prove(Store& store, const MasterKey& master, Anchors anchors, RestoreReport& report);

}  // namespace clinic
