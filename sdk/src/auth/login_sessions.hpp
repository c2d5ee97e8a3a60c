#pragma once

/// \file
/// The start and the end of logins, for every operation that starts or ends one.

#include "../core/call.hpp"

#include <clinic/services/auth_service.hpp>

namespace clinic {

/// Starts a login of the user and answers its tokens.
Tokens start_login(UnitOfWork& work, const Call& call, const User& user);

/// The tokens of a login that goes on.
Tokens tokens_of(const Call& call, const User& user, const LoginSession& session, std::string refresh_token);

/// Ends all logins of a user, but the one kept; answers how many.
std::int64_t end_logins(UnitOfWork& work, std::string_view user_id, std::string_view kept = {});

/// Ends all by which somebody is in an account or could come in: to be called where it was deactivated and stored.
void shut_out(UnitOfWork& work, std::string_view user_id);

/// The caller's own user id. Throws Error(not_authenticated) for a system actor.
const std::string& own_id(const Call& call);

}  // namespace clinic
