#pragma once

#include "call.hpp"

#include <clinic/clinic.hpp>

/// Answers one call: a doctor, a day, a time, a person of the household, and the booking. `line` acts for the phone
/// line.
void answer(const clinic::Session& line, Call& call);
