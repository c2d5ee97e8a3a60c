#include "backup/proof.hpp"
#include "backup/reader.hpp"
#include "backup/restored_entry.hpp"
#include "base/storage_url.hpp"
#include "crypto/master_key.hpp"
#include "engine/data_key.hpp"
#include "engine/file_modes.hpp"
#include "engine/opening.hpp"
#include "events/event_log.hpp"
#include "meta/json.hpp"
#include "meta/make_description.hpp"

#include <clinic/backup.hpp>

#include <filesystem>

namespace clinic {
namespace {

namespace fs = std::filesystem;

/// A backup that was completely read.
struct WholeBackup {
  BackupHeader header;
  std::vector<RowCount> counts;
  std::string sha256, mac;
  DataKey data_key;

  std::int64_t rows() const {
    std::int64_t rows = 0;
    for (const auto& count : counts)
      rows += count.rows;
    return rows;
  }
};

/// Reads the whole backup once, before anything is written.
WholeBackup examine(const std::string& file) {
  BackupReader reader(file);
  std::optional<DataKey> data_key;
  while (const auto row = reader.next())
    if (!data_key && row->record == &type_of<DataKey>()) data_key = *static_cast<DataKey*>(row->object.get());
  if (!data_key) throw Error(ErrorCode::backup_invalid, file + ": the database's own key is not in it.");
  return {reader.header(), reader.counts(), reader.sha256(), reader.mac(), std::move(*data_key)};
}

fs::path key_path(const std::string& file, const RestoreOptions& options) {
  return options.key_file.empty() ? file + ".key" : options.key_file;
}

/// The key that came with the backup; empty if there was none.
std::optional<MasterKey> key_beside(const std::string& file, const RestoreOptions& options, const DataKey& data_key) {
  std::error_code unknown;
  const auto path = key_path(file, options).string();
  if (options.key_file.empty() && !fs::exists(path, unknown)) return std::nullopt;
  const KeySource source{"key_file", path};
  const auto key = read_key_file(source);
  if (!key_that_opens(data_key, {key})) throw wrong_key(source, "wrong_key", "is not the one of this backup.");
  return key;
}

struct Keys {
  MasterKey master;
  std::optional<fs::path> file_to_make{};
  bool configured = true;
  bool has_mac = false;  ///< whether the backup has a right MAC
};

/// Finds the key of the backup, and whether the restored database will find it. This is done before anything is
/// written.
Keys keys_for(const Configuration& configuration, const Environment& environment, const std::string& file,
              const RestoreOptions& options, const DataKey& data_key) {
  const auto beside = key_beside(file, options, data_key);
  const auto own = keys_at_hand(configuration, environment);
  if (const auto key = key_that_opens(data_key, own)) return {*key};
  const auto key_file = key_file_of(configuration);
  const auto source = key_source(configuration, environment);
  std::error_code unknown;
  if (!own.empty() || (key_file && fs::exists(*key_file, unknown)))
    throw wrong_key(source, "wrong_key",
                    key_file && source.place == *key_file && fs::exists(*key_file, unknown)
                        ? "is there already and is not the one of this backup, so that it could not open what is "
                          "restored. No key file is ever replaced: restore into another database."
                        : "is not the one of this backup, and could not open what is restored: configure the backup's "
                          "key.");
  if (!beside)
    throw Error(ErrorCode::key_missing, "There is no " + file +
                                            ".key, and the configuration has no master key: give the file with the "
                                            "key of this backup. Without it, nobody can read what is encrypted.");
  if (StorageUrl(configuration.storage).database_file()) return {*beside, key_file};
  return {*beside, std::nullopt, false};
}

/// A sealer with the key of the backup's database.
Sealer sealer_of(const WholeBackup& backup, const Keys& keys, const Environment& environment) {
  return {{unsealed(backup.data_key, Sealer({keys.master}, environment.random)).key}, environment.random};
}

/// Whether the MAC shows that nobody changed the file. Throws if the MAC is required and not right.
bool check_mac(const std::string& file, const WholeBackup& backup, const Sealer& sealer, bool unsigned_backup) {
  if (backup.mac == backup_mac(sealer, backup.sha256)) return true;
  if (unsigned_backup) return false;
  throw Error(ErrorCode::backup_invalid,
              file + (backup.mac.empty() ? " has no MAC, so that nobody can tell who changed it: a version with schema "
                                           "4 or older made it, or it was made "
                                           "without the key. If you know where it was since, take it with --unsigned "
                                           "(RestoreOptions::unsigned_backup)."
                                         : " was changed: its MAC is not that of its lines. Take another backup."));
}

void refuse_not_empty(Transaction& transaction) {
  const auto& model = record_model();
  for (std::uint32_t record = 0; record < model.record_count; ++record)
    if (transaction.count(all_of(record)) > 0)
      throw Error(ErrorCode::database_not_empty,
                  std::string("There are rows of ") + model.records[record]->name + " in it already.");
}

/// A row that the database refuses means that the file is wrong, whatever the cause.
[[noreturn]] void refuse_row(const StorageError& failure) {
  switch (failure.code()) {
    case CLINIC_PLUGIN_UNIQUE_VIOLATION:
      if (failure.record() == "DataKey")
        throw Error(ErrorCode::database_not_empty, "Somebody else opened it, or restored into it, at the same time.");
      [[fallthrough]];
    case CLINIC_PLUGIN_CONSTRAINT:
    case CLINIC_PLUGIN_REFUSED:
      throw Error(ErrorCode::backup_invalid, std::string("The database does not take a row: ") + failure.what() + ".");
    default:
      throw;
  }
}

/// Writes rows of one type together, since each statement to a server is a round trip.
class RowWriter {
 public:
  explicit RowWriter(Transaction& transaction) : transaction_(transaction) {}

  void add(BackupReader::Row row) {
    constexpr std::size_t most_rows = 256, most_size = 1 << 20;
    if (!rows_.empty() && (rows_.front().record != row.record || rows_.size() == most_rows || size_ > most_size))
      flush();
    size_ += row.size;
    rows_.push_back(std::move(row));
  }

  void flush() try {
    std::vector<void*> objects;
    objects.reserve(rows_.size());
    for (const auto& row : rows_)
      objects.push_back(row.object.get());
    if (!rows_.empty()) transaction_.insert_versioned(rows_.front().record->index, objects);
    rows_.clear();
    size_ = 0;
  } catch (const StorageError& failure) {
    refuse_row(failure);
  }

 private:
  Transaction& transaction_;
  std::vector<BackupReader::Row> rows_;
  std::size_t size_ = 0;
};

void write_rows(Transaction& transaction, const std::string& file, const WholeBackup& backup,
                const BackupProgress& progress) {
  constexpr std::int64_t rows_between = 500;
  BackupReader reader(file);
  RowWriter writer(transaction);
  std::int64_t rows = 0;
  while (auto row = reader.next()) {
    // See EventLog::restored.
    if (row->record == &type_of<Event>()) static_cast<Event*>(row->object.get())->position.reset();
    writer.add(std::move(*row));
    if (++rows % rows_between == 0 && progress) progress(rows);
  }
  writer.flush();
  if (reader.sha256() != backup.sha256)
    throw Error(ErrorCode::backup_invalid, file + " was changed while it was restored.");
  if (progress) progress(rows);
}

/// Runs just before the commit. A database without its key cannot be opened, and a key without its database does no
/// harm.
void make_missing_key(const Keys& keys, const DataKey& data_key) {
  if (!keys.file_to_make || make_key_file(*keys.file_to_make, keys.master)) return;
  // The file appeared meanwhile.
  const KeySource source{"master_key_file", keys.file_to_make->string()};
  if (!key_that_opens(data_key, {read_key_file(source)}))
    throw wrong_key(source, "wrong_key", "was made at the same time, and is not the one of this backup.");
}

void commit(Transaction& transaction) {
  try {
    transaction.commit();
  } catch (const StorageError& failure) {
    if (failure.code() != CLINIC_PLUGIN_OUTCOME_UNKNOWN) throw;
    throw Error(ErrorCode::outcome_unknown,
                "If it was, restoring again will answer that the database is not empty: then take another one, since "
                "this one was not looked at.");
  }
}

OwnRows fill(Store& store, const std::string& file, const WholeBackup& backup, const Keys& keys,
             const RestoreOptions& options, const Environment& environment) {
  const auto status = store.schema_status();
  refuse_newer(status);
  if (status.present > 0 && status.present < status.expected)
    throw Error(ErrorCode::schema_older, "It is not new: restore into a new database.");
  if (status.present == 0) store.migrate();
  Transaction transaction(store, Access::write);
  refuse_not_empty(transaction);
  write_rows(transaction, file, backup, options.progress);
  OwnRows own;
  own.number_blocks = EventLog::restored(transaction, environment.now());
  // The restore's own audit entry, in the transaction of the rows.
  const auto sealer = sealer_of(backup, keys, environment);
  auto entry =
      restored_entry(sealer, options, environment, {backup.header, backup.rows(), backup.sha256, keys.has_mac});
  Repository<AuditEntry>(transaction).insert(entry);
  make_missing_key(keys, backup.data_key);
  commit(transaction);
  return own;
}

void look_again(Store& store, const Configuration& configuration, const Keys& keys, const OwnRows& own,
                RestoreReport& report) {
  try {
    prove(store, keys.master, Anchors::of(configuration.audit_anchor_file), own, report);
  } catch (const StorageError& failure) {
    throw Error(ErrorCode::backup_invalid, std::string("It was restored, but could not be looked at again: ") +
                                               failure.what() + ". The database is not to be used.");
  }
}

}  // namespace

RestoreReport restore(const Configuration& configuration, const std::string& file, const RestoreOptions& options,
                      Environment environment) {
  const auto settings = checked(configuration);
  check_actor(options);
  environment = with_defaults(std::move(environment));
  if (StorageUrl(settings.storage).in_memory())
    throw Error(ErrorCode::configuration_invalid, {},
                {{"storage", "not_supported", "What is restored into memory would be gone at once."}});
  refuse_anchor_file_without_folder(settings);
  const auto backup = examine(file);
  auto keys = keys_for(settings, environment, file, options, backup.data_key);
  keys.has_mac = check_mac(file, backup, sealer_of(backup, keys, environment), options.unsigned_backup);
  const Log log(settings.log_level, environment.log);
  warn_of_open_files({{FileKind::key, key_path(file, options)}}, log);
  OwnRows own;
  with_store(settings, log, [&](Store& store) { own = fill(store, file, backup, keys, options, environment); });
  RestoreReport report;
  report.file = file;
  report.created_at = backup.header.created_at;
  report.sdk_version = backup.header.sdk_version;
  report.schema_version = backup.header.schema_version;
  report.records = backup.counts;
  report.rows = backup.rows();
  if (keys.file_to_make) report.key_file = keys.file_to_make->string();
  report.key_configured = keys.configured;
  report.has_mac = keys.has_mac;
  with_store(settings, log, [&](Store& store) { look_again(store, settings, keys, own, report); });
  return report;
}

std::string to_json(const RestoreReport& report) {
  std::string json;
  write_json(describe<RestoreReport>(), &report, WriteSecrets::yes, json);
  return json;
}

}  // namespace clinic
