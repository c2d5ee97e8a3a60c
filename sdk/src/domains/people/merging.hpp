#pragma once

/// \file
/// Two records of one patient that become one, where one of them holds nothing that could be in doubt.

#include "engine/call.hpp"

namespace clinic {

/// Whether the patient is a placeholder that nobody has added anything to: it has the contact by which it came in, and
/// bookings.
bool is_untouched_placeholder(Transaction& transaction, const Patient& patient);

/// Moves all that refers to the placeholder to the survivor, and leaves a tombstone that names it. The placeholder is
/// untouched, and on no account that is left.
void merge_placeholder(UnitOfWork& work, Patient& placeholder, const Patient& survivor);

}  // namespace clinic
