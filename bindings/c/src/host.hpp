#pragma once

#include <clinic/configuration.hpp>

#include <clinic.h>

namespace clinic::c {

/// The host's functions as the SDK calls them. Null: nothing lent.
Environment environment(const clinic_host* host);

}  // namespace clinic::c
