#pragma once

/// \file
/// What `clinic init` asks on a terminal. Each answer is tried out before the next question, and asked for again where
/// the SDK refuses it. Throws UsageError where the input ends.

#include "configuration_draft.hpp"

#include "../new_administrator.hpp"

#include <clinic/actor.hpp>

#include <optional>

namespace clinic::cli {

/// Asks for the settings that neither the command line nor the environment has.
void ask_settings(ConfigurationDraft& draft);

/// Asks for the login and the password of the first administrator; none where the person wants none yet.
std::optional<NewAdministrator> ask_administrator(const Configuration& configuration, const Actor& actor);

}  // namespace clinic::cli
