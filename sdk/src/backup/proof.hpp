#pragma once

#include "audit/anchors.hpp"
#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include <clinic/backup.hpp>

namespace clinic {

/// Looks at a database that was restored, and fills the report with what was looked at. `report.records` says what
/// there has to be. Throws Error(backup_invalid) at the first check that fails.
void prove(Store& store, const MasterKey& master, Anchors anchors, RestoreReport& report);

}  // namespace clinic
