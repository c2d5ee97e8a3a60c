#pragma once

/// \file
/// What may be wrong with a row as it is stored, for system.check, which tells, and system.reencrypt, which mends.

#include "store/field_protection.hpp"

#include <clinic/model/user.hpp>

namespace clinic {

enum class RowFault {
  none,
  damaged,        ///< the encrypted fields cannot be read
  taken_out,      ///< there was a national ID, and there is none
  not_encrypted,  ///< medical fields in clear, though the policy encrypts
  not_sealed,     ///< nothing where encrypted fields belong: taken out, or from a version that wrote none for nothing
  other_sealing,  ///< readable, but not with the present key, or though the policy does not encrypt
  other_keys      ///< normal forms of another version
};

RowFault fault_of(const FieldProtection& protection, const Patient& stored);
RowFault fault_of(const FieldProtection& protection, const MedicalHistory& stored);
RowFault fault_of(const FieldProtection& protection, const User& stored);

/// Whether storing it anew mends it, and loses nothing.
bool mendable(RowFault fault);

}  // namespace clinic
