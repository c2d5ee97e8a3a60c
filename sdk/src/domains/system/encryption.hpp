#pragma once

#include "engine/call.hpp"

#include <clinic/services/system_service.hpp>

namespace clinic {

/// Stores every row anew whose medical fields are not as the policy and the present key have it (ACCESS-5), or whose
/// normal forms are of another version: after encryption was turned on or off, the master key was changed, or the SDK
/// was updated. Leaves what is damaged. May run beside everything else, and again.
Reencrypted reencrypt(Call& call, const Nothing& request);

}  // namespace clinic
