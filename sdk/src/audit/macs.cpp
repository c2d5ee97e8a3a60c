#include "audit/macs.hpp"

#include "base/ids.hpp"
#include "records/record_model.hpp"

namespace clinic {
namespace {

/// Writes each part after its length, so that two different lists of parts never have the same text.
void append(std::string& text, std::string_view part) {
  text.append(std::to_string(part.size())).append(1, ':').append(part);
}

/// Names and values of all fields except the MAC. Null fields are left out, so that a field added by a later version
/// does not change older MACs.
std::string text_of(const TypeDescription& type, const void* record) {
  std::string text;
  for (const auto& field : type.fields) {
    if (field.name == "mac") continue;
    const auto value = detail::read_value(*field.type, field.address_in(record));
    if (value.kind == CLINIC_NULL) continue;
    append(text, field.name);
    if (value.kind == CLINIC_TEXT)
      append(text, {value.as.text.data, value.as.text.size});
    else
      append(text, std::to_string(value.as.integer));
  }
  return text;
}

}  // namespace

std::string signed_text(const AuditEntry& entry) { return text_of(describe<AuditEntry>(), &entry); }

std::string mac_of(const Sealer& sealer, const AuditEntry& entry) {
  return sealer.keyed_hash("audit entry", signed_text(entry));
}

void sign(const Sealer& sealer, AuditEntry& entry) { entry.mac = mac_of(sealer, entry); }

AuditEntry system_entry(const Sealer& sealer, const Environment& environment, AuditEntry about) {
  about.created_at = environment.now();
  about.id = IdGenerator(environment.random).next(about.created_at);
  about.actor_role = "system";
  sign(sealer, about);
  return about;
}

std::string mac_of(const Sealer& sealer, const AuditSeal& seal, std::span<const std::string> entry_macs,
                   std::string_view previous_mac) {
  auto text = text_of(describe<AuditSeal>(), &seal);
  append(text, previous_mac);
  for (const auto& mac : entry_macs)
    append(text, mac);
  return sealer.keyed_hash("audit seal", text);
}

}  // namespace clinic
