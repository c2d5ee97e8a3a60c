#pragma once

/// \file
/// sync.check and sync.repair.

#include "engine/call.hpp"

#include <clinic/services/sync_service.hpp>

namespace clinic {

SyncChecked check_sync(Call& call, const Nothing& request);

/// Mends what check_sync calls a problem, each in a unit of work of its own that looks again; or says what it would do.
SyncRepaired repair_sync(Call& call, const RepairSync& request);

}  // namespace clinic
