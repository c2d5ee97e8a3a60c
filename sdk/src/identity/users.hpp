#pragma once

#include "people.hpp"

namespace clinic {

/// Throws Error(forbidden) where the actor reaches for a superadmin and is none.
void check_rank(const Call& call, Role role);

}  // namespace clinic
