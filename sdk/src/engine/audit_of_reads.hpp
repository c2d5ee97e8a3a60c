#pragma once

#include "engine/call.hpp"

namespace clinic {

/// Writes down whose data the answer of a read shows (Policy::audit_reads): an audit row for each patient. Throws where
/// that is impossible; then nothing may be shown.
void audit_read(Call& call, const void* answer);

}  // namespace clinic
