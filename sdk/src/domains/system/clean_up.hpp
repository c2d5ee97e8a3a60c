#pragma once

#include "engine/call.hpp"

#include <clinic/services/system_service.hpp>

namespace clinic {

/// Removes what has ended and is never looked at again; whatever it would answer is answered the same without it. May
/// run beside everything else, in several processes, and again.
CleanedUp clean_up(Call& call, const Nothing& request);

}  // namespace clinic
