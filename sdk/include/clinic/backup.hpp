#pragma once

/// \file
/// Backups: everything that a clinic keeps, in one file that is the same for every database, and back into a new one.
/// `docs/backup.md` says what is in it and what is not.

#include <clinic/configuration.hpp>
#include <clinic/data_dictionary.hpp>
#include <clinic/export.hpp>

#include <boost/describe/class.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// The rows of one type of record, `User`.
struct RowCount {
  std::string record{};
  std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(RowCount, (), (record, rows))

/// Told the number of rows done, now and then, on the thread of the call. What it throws ends the call, and nothing is
/// left of it.
using BackupProgress = std::function<void(std::int64_t rows)>;

struct BackupOptions {
  bool replace = false;  ///< a file that is there, and its key file
  bool with_key = true;  ///< else the key has to be kept otherwise; without it there is no MAC
  BackupProgress progress{};
};

struct BackupReport {
  std::string file{};
  std::optional<std::string> key_file{};  ///< none: without the key
  Timestamp created_at{};
  std::int64_t schema_version = 0;
  std::int64_t rows = 0;  ///< of all records
  std::vector<RowCount> records{};
  std::string sha256{};  ///< of what is in the file, unpacked, without its last line
  /// False where the master key was not at hand: such a backup proves nothing, and a restore has to be told to take it.
  bool has_mac = false;
};
BOOST_DESCRIBE_STRUCT(BackupReport, (), (file, key_file, created_at, schema_version, rows, records, sha256, has_mac))

/// Writes one consistent state of the configuration's database into `file`, while others work on it, and the master key
/// that opens it into `file` with `.key` behind it; both with mode 0600. What is encrypted stays so. A MAC over all of
/// it, with the database's own key, shows that nobody changed it. The file comes into being whole or not at all.
///
/// Threads: any, beside opened clinics too. Throws Error: validation_failed (the file is there, or cannot be written),
/// configuration_invalid, key_missing, key_wrong, schema_older, schema_newer, plugin_not_found, plugin_refused, busy,
/// unavailable.
CLINIC_API BackupReport backup(const Configuration& configuration, const std::string& file,
                               const BackupOptions& options = {}, Environment environment = {});

struct RestoreOptions {
  std::string key_file{};  ///< else `file` with `.key` behind it, else the key that the configuration or the host has
  std::string actor = "restore", origin{};  ///< for the audit: who restores, and from where, as in a call
  /// Takes a backup whose MAC is missing or wrong: made by 0.1, or without the key. Whoever could change the file can
  /// have put in, changed and left out what they liked.
  bool unsigned_backup = false;
  BackupProgress progress{};
};

/// What was restored, and what was looked at afterwards in the database itself.
struct RestoreReport {
  std::string file{};
  Timestamp created_at{};                 ///< when the backup was made …
  std::string sdk_version{};              ///< … by which version of clinic …
  std::int64_t schema_version = 0;        ///< … from a database of which schema
  std::int64_t rows = 0;                  ///< of all records
  std::vector<RowCount> records{};        ///< counted in the database
  std::optional<std::string> key_file{};  ///< that was made
  /// False where the configuration still lacks the master key, without which the database does not open.
  bool key_configured = true;
  bool has_mac = false;               ///< which shows that nobody changed the backup
  std::int64_t accounts_checked = 0;  ///< that each has its patient, and the patient it
  /// Active, of the role patient, and without one: as an import from elsewhere leaves them for sync.run.
  std::int64_t accounts_unlinked = 0;
  std::int64_t patients_checked = 0;  ///< that each can be read, and its account is there
  std::int64_t entries_checked = 0;   ///< of the audit
  std::int64_t seals_checked = 0;
  std::int64_t anchors_checked = 0;
  std::int64_t anchors_later = 0;  ///< of seals that were made after the backup and are lost with what they sealed
};
BOOST_DESCRIBE_STRUCT(RestoreReport, (),
                      (file, created_at, sdk_version, schema_version, rows, records, key_file, key_configured, has_mac,
                       accounts_checked, accounts_unlinked, patients_checked, entries_checked, seals_checked,
                       anchors_checked, anchors_later))

/// Writes a backup into the configuration's database, which has no rows yet; it may be of another kind than the one
/// that was backed up. First the whole file, the key and the MAC are checked, then everything is written in one
/// transaction,
/// then looked at again: the rows counted, all that is encrypted in people's records read, accounts and patients held
/// against each other, the audit verified. The audit gets one entry more, BACKUP_RESTORED. An embedded database gets
/// its key file; a database on a server needs the key in the configuration to be opened, as ever.
///
/// Threads: any. Throws Error: backup_invalid, database_not_empty, key_missing, key_wrong, schema_newer, schema_older,
/// outcome_unknown, configuration_invalid, plugin_not_found, plugin_refused, busy, unavailable,
/// validation_failed (the actor or the origin). After backup_invalid with the words "not to be used" the rows are there
/// and a check has failed; after outcome_unknown they may be; after all others nothing was written.
CLINIC_API RestoreReport restore(const Configuration& configuration, const std::string& file,
                                 const RestoreOptions& options = {}, Environment environment = {});

/// The reports as JSON, with the names that their members have.
CLINIC_API std::string to_json(const BackupReport& report);
CLINIC_API std::string to_json(const RestoreReport& report);

template <>
struct FieldRules<RowCount> {
  static constexpr std::array rules{FieldRule{"record", "Type of record", Format::token, 60},
                                    FieldRule{"rows", "How many there are"}};
};

template <>
struct FieldRules<BackupReport> {
  static constexpr std::array rules{
      FieldRule{"file", "The backup", Format::line, 4096},
      FieldRule{"key_file", "The file with the master key that opens it", Format::line, 4096},
      FieldRule{"created_at", "Of what moment the backup is"},
      FieldRule{"schema_version", "Of the database that was backed up"},
      FieldRule{"rows", "Rows of all records"},
      FieldRule{"records", "Rows of each type of record"},
      FieldRule{"sha256", "SHA-256 of what is in the file, unpacked, without its last line", Format::token, 64},
      FieldRule{"has_mac", "Whether it has a MAC, without which a restore has to be told to take it"},
  };
};

template <>
struct FieldRules<RestoreReport> {
  static constexpr std::array rules{
      FieldRule{"file", "The backup", Format::line, 4096},
      FieldRule{"created_at", "Of what moment the backup is"},
      FieldRule{"sdk_version", "Version of clinic that made the backup", Format::token, 60},
      FieldRule{"schema_version", "Of the database that was backed up"},
      FieldRule{"rows", "Rows of all records"},
      FieldRule{"records", "Rows of each type of record, as counted in the database"},
      FieldRule{"key_file", "The key file that was made", Format::line, 4096},
      FieldRule{"key_configured", "Whether the configuration has the master key, without which nothing opens it"},
      FieldRule{"has_mac", "Whether the backup's MAC shows that nobody changed it"},
      FieldRule{"accounts_checked", "Accounts of patients, each held against its patient"},
      FieldRule{"accounts_unlinked", "Active accounts of patients without a patient, which sync.run would link"},
      FieldRule{"patients_checked", "Patients, each read whole and held against its account"},
      FieldRule{"entries_checked", "Entries of the audit that were verified"},
      FieldRule{"seals_checked", "Seals of the audit that were verified"},
      FieldRule{"anchors_checked", "Anchors that seals were held against"},
      FieldRule{"anchors_later", "Anchors of seals that were made after the backup"},
  };
};

}  // namespace clinic
