#pragma once

/// \file
/// The first administrator, in a clinic that may have one.

#include "../globals.hpp"
#include "../new_administrator.hpp"

#include <clinic/session.hpp>

#include <boost/json/object.hpp>

#include <optional>

namespace clinic::cli {

/// Whoever administers the clinic, and can log in, as `state` (`present`), `id`, `username`, `email` and `role`.
std::optional<boost::json::object> any_administrator(const Session& session);

/// The one who logs in so. Throws Error where it is a user of another role, or an
/// inactive one.
std::optional<boost::json::object> administrator_there(const Session& session, const NewAdministrator& wanted);

/// Makes the administrator, with the state `made`, where there is none who logs in so. Throws Error.
boost::json::object made_administrator(const Session& session, const NewAdministrator& wanted, const Globals& globals);

}  // namespace clinic::cli
