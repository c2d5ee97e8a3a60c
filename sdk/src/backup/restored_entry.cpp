#include "restored_entry.hpp"

#include "../audit/macs.hpp"
#include "../core/ids.hpp"
#include "../description/formats.hpp"
#include "../description/json.hpp"

#include <clinic/error.hpp>

namespace clinic {

void check_actor(const RestoreOptions& options) {
  std::vector<FieldError> errors;
  validate_name("actor", options.actor, 100, errors);
  validate_line("origin", options.origin, 200, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

AuditEntry restored_entry(const Sealer& sealer, const RestoreOptions& options, const Environment& environment,
                          const BackupHeader& header, std::int64_t rows, const std::string& sha256) {
  AuditEntry entry;
  entry.created_at = environment.now();
  entry.id = IdGenerator(environment.random).next(entry.created_at);
  entry.actor_name = options.actor;
  entry.actor_role = "system";
  entry.action = "BACKUP_RESTORED";
  entry.resource_type = "backup";
  if (!options.origin.empty()) entry.origin = options.origin;
  entry.metadata.text = R"({"backup_created_at":")" + format_timestamp(header.created_at) + R"(","rows":)" +
                        std::to_string(rows) + R"(,"sha256":")" + sha256 + R"("})";
  sign(sealer, entry);
  return entry;
}

}  // namespace clinic
