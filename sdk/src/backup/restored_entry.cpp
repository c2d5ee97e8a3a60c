#include "backup/restored_entry.hpp"

#include "audit/macs.hpp"
#include "base/formats.hpp"
#include "meta/json.hpp"
#include "meta/json_object.hpp"

#include <clinic/error.hpp>

namespace clinic {

void check_actor(const RestoreOptions& options) {
  std::vector<FieldError> errors;
  validate_name("actor", options.actor, 100, errors);
  validate_line("origin", options.origin, 200, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

AuditEntry restored_entry(const Sealer& sealer, const RestoreOptions& options, const Environment& environment,
                          const RestoredBackup& backup) {
  AuditEntry entry;
  entry.actor_name = options.actor;
  entry.action = "BACKUP_RESTORED";
  entry.resource_type = "backup";
  if (!options.origin.empty()) entry.origin = options.origin;
  entry.metadata.text = json_object({{"backup_created_at", format_timestamp(backup.header.created_at)},
                                     {"rows", backup.rows},
                                     {"sha256", backup.sha256},
                                     {"has_mac", backup.has_mac}});
  return system_entry(sealer, environment, std::move(entry));
}

}  // namespace clinic
