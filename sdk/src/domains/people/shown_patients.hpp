#pragma once

#include "operations/operation.hpp"

namespace clinic {

/// The structs in answers that show data of a patient: whose reading is audited (Policy::audit_reads), and what is
/// closed in an answer that is given again.
std::span<const ShownPatient> shown_patients();

}  // namespace clinic
