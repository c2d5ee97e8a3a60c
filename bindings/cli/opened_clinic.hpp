#pragma once

/// \file
/// Opening the clinic that the options name, and what to answer when that, or a call, fails.

#include "globals.hpp"

#include <clinic/clinic.hpp>

#include <functional>

namespace clinic::cli {

/// From the file, the environment and the options, in that order. Throws Error.
Configuration configuration(const Globals& globals);

CallOptions call_options(const Globals& globals);

/// Opens, acts as the options say, and lets `use` work. Reports errors and answers the exit code. Throws UsageError.
int with_session(const Globals& globals, const std::function<void(const Session&)>& use);
int with_clinic(const Globals& globals, const std::function<void(const Clinic&)>& use);

}  // namespace clinic::cli
