#pragma once

/// \file
/// What the SDK would refuse is refused here, before anything is made.

#include "../new_administrator.hpp"

#include <clinic/open.hpp>

#include <optional>

namespace clinic::cli {

/// The clinic, where its database has a schema that need not be brought forward. Makes nothing. Throws Error where the
/// database cannot be reached or may not be opened, and where a file could not be made.
std::optional<Clinic> clinic_there(const Configuration& configuration);

/// Opens such a clinic in memory. Throws Error.
void try_out(const Configuration& configuration);

/// The same; then it makes the administrator in it, if there is one with a password, or looks for one. Throws Error,
/// also where the actor may not.
void try_out(const Configuration& configuration, const std::optional<NewAdministrator>& administrator,
             const Actor& actor);

/// Listens at the address for a moment, at a free port. Throws Error.
void try_address(const Configuration& configuration);

}  // namespace clinic::cli
