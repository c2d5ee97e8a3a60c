#pragma once

/// \file
/// The tokens of a login, as it starts and as it goes on.

#include "engine/call.hpp"

#include <clinic/services/auth_service.hpp>

namespace clinic {

/// Starts a login of the user and answers its tokens.
Tokens start_login(UnitOfWork& work, const Call& call, const User& user);

/// The tokens of a login that goes on.
Tokens tokens_of(const Call& call, const User& user, const LoginSession& session, std::string refresh_token);

}  // namespace clinic
