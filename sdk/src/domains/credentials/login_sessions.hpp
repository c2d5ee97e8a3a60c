#pragma once

/// \file
/// The end of logins, for every operation that ends one.

#include "engine/call.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace clinic {

/// Ends all logins of a user, but the one kept; answers how many.
std::int64_t end_logins(UnitOfWork& work, std::string_view user_id, std::string_view kept = {});

/// Ends all by which somebody is in an account or could come in: to be called where it was deactivated and stored.
void shut_out(UnitOfWork& work, std::string_view user_id);

/// The caller's own user id. Throws Error(not_authenticated) for a system actor.
const std::string& own_id(const Call& call);

}  // namespace clinic
