#pragma once

#include "backup/reader.hpp"
#include "crypto/sealer.hpp"
#include "records/records.hpp"

#include <clinic/backup.hpp>

namespace clinic {

/// Refuses an actor or an origin that an audit entry cannot hold. Throws Error(validation_failed).
void check_actor(const RestoreOptions& options);

/// What a backup says about itself.
struct RestoredBackup {
  BackupHeader header;
  std::int64_t rows;
  std::string sha256;
  bool has_mac;
};

/// The signed audit entry of a restore: who restored which backup, and when.
AuditEntry restored_entry(const Sealer& sealer, const RestoreOptions& options, const Environment& environment,
                          const RestoredBackup& backup);

}  // namespace clinic
