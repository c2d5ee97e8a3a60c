#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// Who did, or tried to do, what to whom. Holds no password, token, code or medical text (AUDIT-4).
struct AuditEntry {
  std::string id;
  Timestamp created_at{};
  std::optional<std::string> actor_id;
  std::string actor_name;
  std::string actor_role;
  std::string action;  ///< PATIENT_CREATED, …
  std::string resource_type;
  std::optional<std::string> resource_id;
  std::optional<std::string> patient_id;
  AuditOutcome outcome = AuditOutcome::done;
  std::optional<std::string> error_code;
  std::optional<std::string> origin;  ///< from where: the address or the channel that the host names
  Json metadata{"{}"};
  std::optional<std::string> mac;  ///< keyed, over all other fields (AUDIT-3); none in rows of older versions
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (),
                      (id, created_at, actor_id, actor_name, actor_role, action, resource_type, resource_id, patient_id,
                       outcome, error_code, origin, metadata, mac))

template <>
struct Table<AuditEntry> {
  static constexpr std::string_view name = "audit_entries";
  static constexpr std::string_view resource = "audit_entry";
  static constexpr std::array constraints{index_on("patient_id"), index_on("actor_id")};
  // The audit says what was, keyed by ids: it stays when a person is merged or erased (ERASE-1).
  static constexpr std::array references{Reference{.field = "actor_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::stay,
                                                   .on_erasure = OnErasure::stay,
                                                   .exported = Exported::no},
                                         Reference{.field = "resource_id",
                                                   .refers_to = RefersTo::record,
                                                   .on_erasure = OnErasure::stay,
                                                   .exported = Exported::no},
                                         Reference{.field = "patient_id",
                                                   .refers_to = RefersTo::patient,
                                                   .on_merge = OnMerge::stay,
                                                   .on_erasure = OnErasure::stay,
                                                   .exported = Exported::no}};
  static constexpr Retention retention = Retention::permanent;
  static constexpr InBackups in_backups = InBackups::yes;
};

}  // namespace clinic
