#pragma once

/// \file
/// Backup and restore. A backup is one file with everything that a clinic keeps, in a format that is the same for every
/// database. `docs/backup.md` says what it contains and what it does not.

#include <clinic/configuration.hpp>
#include <clinic/export.hpp>
#include <clinic/field_rule.hpp>

#include <boost/describe/class.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// The number of rows of one type of record, for example `User`.
struct RowCount {
  std::string record{};
  std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(RowCount, (), (record, rows))

/// Is called now and then with the number of rows done, on the thread of the call. An exception from it ends the call
/// and undoes its work.
using BackupProgress = std::function<void(std::int64_t rows)>;

struct BackupOptions {
  bool replace = false;  ///< replace an existing file, and its key file
  bool with_key = true;  ///< false: the caller keeps the key elsewhere
  BackupProgress progress{};
};

struct BackupReport {
  std::string file{};
  std::optional<std::string> key_file{};  ///< empty if the key was left out
  Timestamp created_at{};
  std::int64_t schema_version = 0;
  std::int64_t rows = 0;  ///< of all records
  std::vector<RowCount> records{};
  std::string sha256{};  ///< of the unpacked content without its last line
  /// False if the master key was not available. Such a backup proves nothing, and a restore must be told to accept it.
  bool has_mac = false;
};
BOOST_DESCRIBE_STRUCT(BackupReport, (), (file, key_file, created_at, schema_version, rows, records, sha256, has_mac))

/// Writes one consistent state of the configuration's database into `file`, while others work on the database. Writes
/// the master key that opens it into the file whose name is `file` followed by `.key`. Both have mode 0600. Encrypted
/// fields stay encrypted. A MAC over the whole file, made with the database's own key, shows that nobody changed it.
/// The file is written completely or not at all.
///
/// Threads: any, also beside opened clinics. Throws Error: validation_failed (the file exists, or cannot be written),
/// configuration_invalid, key_missing, key_wrong, schema_older, schema_newer, plugin_not_found, plugin_refused, busy,
/// unavailable.
CLINIC_API BackupReport backup(const Configuration& configuration, const std::string& file,
                               const BackupOptions& options = {}, Environment environment = {});

struct RestoreOptions {
  std::string key_file{};  ///< default: `file` followed by `.key`, else the configuration's or the host's key
  std::string actor = "restore", origin{};  ///< for the audit: who restores, and from where
  /// Accepts a backup whose MAC is missing or wrong: made by 0.1, or without the key. A person who could change the
  /// file may have inserted, changed and removed anything.
  bool unsigned_backup = false;
  BackupProgress progress{};
};

/// What was restored, and what was checked afterwards in the database.
struct RestoreReport {
  std::string file{};
  Timestamp created_at{};                 ///< when the backup was made
  std::string sdk_version{};              ///< the version of clinic that made the backup
  std::int64_t schema_version = 0;        ///< of the database that was backed up
  std::int64_t rows = 0;                  ///< of all records
  std::vector<RowCount> records{};        ///< counted in the database
  std::optional<std::string> key_file{};  ///< the key file that was written
  /// False if the configuration still lacks the master key. Without it the database does not open.
  bool key_configured = true;
  bool has_mac = false;               ///< the backup's MAC shows that nobody changed it
  std::int64_t accounts_checked = 0;  ///< accounts that were compared with their patients
  /// Active accounts with role patient that have no patient. An import from elsewhere leaves such accounts for
  /// sync.run.
  std::int64_t accounts_unlinked = 0;
  std::int64_t patients_checked = 0;  ///< patients that were read, and whose accounts exist
  std::int64_t dangling_rows = 0;     ///< rows that refer to somebody who is not there; system.check names them
  std::int64_t entries_checked = 0;   ///< of the audit
  std::int64_t seals_checked = 0;
  std::int64_t anchors_checked = 0;
  /// Anchors of seals that were made after the backup. These seals and the entries that they seal are lost.
  std::int64_t anchors_later = 0;
};
BOOST_DESCRIBE_STRUCT(RestoreReport, (),
                      (file, created_at, sdk_version, schema_version, rows, records, key_file, key_configured, has_mac,
                       accounts_checked, accounts_unlinked, patients_checked, dangling_rows, entries_checked,
                       seals_checked, anchors_checked, anchors_later))

/// Writes a backup into the configuration's database, which must not have any rows yet. The database may be of another
/// kind than the one that was backed up.
///
/// First the whole file, the key and the MAC are checked. Then everything is written in one transaction. Then the
/// database is checked: rows are counted, the encrypted fields of people's records are read, accounts are compared with
/// patients, and the audit is verified. The audit gets one more entry, BACKUP_RESTORED. An embedded database gets its
/// key file. A database on a server needs the key in the configuration to be opened, as always.
///
/// Threads: any. Throws Error: backup_invalid, database_not_empty, key_missing, key_wrong, schema_newer, schema_older,
/// outcome_unknown, configuration_invalid, plugin_not_found, plugin_refused, busy, unavailable, validation_failed (the
/// actor or the origin). After backup_invalid with the words "not to be used" the rows are written and a check has
/// failed. After outcome_unknown the rows may be written. After all other errors nothing was written.
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
      FieldRule{"dangling_rows", "Rows that refer to somebody who is not there; system.check names them"},
      FieldRule{"accounts_unlinked", "Active accounts of patients without a patient, which sync.run would link"},
      FieldRule{"patients_checked", "Patients, each read whole and held against its account"},
      FieldRule{"entries_checked", "Entries of the audit that were verified"},
      FieldRule{"seals_checked", "Seals of the audit that were verified"},
      FieldRule{"anchors_checked", "Anchors that seals were held against"},
      FieldRule{"anchors_later", "Anchors of seals that were made after the backup"},
  };
};

}  // namespace clinic
