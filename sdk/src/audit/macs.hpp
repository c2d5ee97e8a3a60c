#pragma once

/// \file
/// What shows that nobody changed the audit beside the SDK (AUDIT-3): HMACs with keys made from the master key, which
/// whoever can write to the database need not have.

#include "crypto/sealer.hpp"

#include "records/records.hpp"

#include <span>
#include <string>
#include <string_view>

namespace clinic {

/// All fields of the entry but the MAC itself: what the MAC is over.
std::string signed_text(const AuditEntry& entry);
std::string mac_of(const Sealer& sealer, const AuditEntry& entry);
void sign(const Sealer& sealer, AuditEntry& entry);
/// An entry of what no call did: fills in when it was, that the system did it, and the MAC.
AuditEntry system_entry(const Sealer& sealer, const Environment& environment, AuditEntry about);

/// Over all fields of the seal, the MACs of its entries in its order, and the seal before it (empty: it is the first).
std::string mac_of(const Sealer& sealer, const AuditSeal& seal, std::span<const std::string> entry_macs,
                   std::string_view previous_mac);

}  // namespace clinic
