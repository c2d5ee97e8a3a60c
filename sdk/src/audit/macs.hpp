#pragma once

/// \file
/// The MACs that show that nobody changed the audit beside the SDK (AUDIT-3). They are HMACs with keys that a person
/// with write access to the database does not have.

#include "crypto/sealer.hpp"
#include "records/records.hpp"

#include <span>
#include <string>
#include <string_view>

namespace clinic {

/// The input of an entry's MAC: all its fields except the MAC itself.
std::string signed_text(const AuditEntry& entry);
std::string mac_of(const Sealer& sealer, const AuditEntry& entry);
void sign(const Sealer& sealer, AuditEntry& entry);
/// Completes an entry about an action without a call: fills in the time, the system as the actor, and the MAC.
AuditEntry system_entry(const Sealer& sealer, const Environment& environment, AuditEntry about);

/// The MAC of a seal: over all its fields, the MACs of its entries in the seal's order, and the MAC of the seal before
/// it (empty for the first seal).
std::string mac_of(const Sealer& sealer, const AuditSeal& seal, std::span<const std::string> entry_macs,
                   std::string_view previous_mac);

}  // namespace clinic
