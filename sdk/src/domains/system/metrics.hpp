#pragma once

#include "engine/call.hpp"

#include <clinic/services/system_service.hpp>

namespace clinic {

/// What waits now. Cheap enough to be asked every few seconds.
SystemMetrics metrics(Call& call, const Nothing& request);

}  // namespace clinic
