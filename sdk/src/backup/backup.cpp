#include "backup/writer.hpp"
#include "base/storage_url.hpp"
#include "crypto/master_key.hpp"
#include "engine/data_key.hpp"
#include "engine/opening.hpp"
#include "meta/json.hpp"
#include "meta/make_description.hpp"
#include "store/stored_rows.hpp"

#include <clinic/backup.hpp>
#include <clinic/open.hpp>

#include <Poco/Exception.h>

#include <filesystem>
#include <system_error>

namespace clinic {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_file(const std::string& code, const std::string& message) {
  throw Error(ErrorCode::validation_failed, {}, {{"file", code, message}});
}

/// Checked first, so that nobody waits for a backup that cannot be written.
void refuse_existing(const fs::path& file) {
  std::error_code unknown;
  if (fs::exists(file, unknown)) refuse_file("exists", "There is a file " + file.string() + " already.");
}

void refuse_without_database(const Configuration& configuration) {
  const StorageUrl url(configuration.storage);
  const auto file = url.database_file();
  std::string message;
  std::error_code unknown;
  if (url.in_memory()) message = "A database in memory is its process's alone: there is nothing to back up.";
  if (file && !fs::exists(*file, unknown)) message = "There is no database " + *file + ".";
  if (!message.empty()) throw Error(ErrorCode::configuration_invalid, {}, {{"storage", "not_found", message}});
}

void refuse_other_schema(const clinic_schema_status& status) {
  refuse_newer(status);
  if (status.present == status.expected) return;
  throw Error(ErrorCode::schema_older,
              status.present == 0 ? std::string("The database has no schema yet: there is nothing to back up.")
                                  : "The database has schema version " + std::to_string(status.present) +
                                        ", and what this SDK backs up has " + std::to_string(status.expected) +
                                        ". Before a migration, the version that made the database can back it up.");
}

/// The same key file may exist, from a backup that failed later.
void refuse_other_key(const fs::path& file, const MasterKey& key) {
  std::error_code unknown;
  if (fs::exists(file, unknown) && read_key_file({"file", file.string()}) != key)
    refuse_file("other_key", "There is a key file " + file.string() +
                                 " already, with another key, perhaps of a backup that was taken away: put it aside.");
}

/// The key is written before the backup, which is worth nothing without it.
void write_key(const fs::path& file, const MasterKey& key, NewFile::Existing existing) {
  NewFile made(file);
  made.stream() << key_text(key);
  if (!made.finish(existing)) refuse_other_key(file, key);
}

/// All rows of one type, as they are stored.
void write_records(Transaction& transaction, const RecordType& type, BackupWriter& writer,
                   const BackupProgress& progress) {
  writer.begin(type);
  each_page(transaction, type, [&](std::span<const Object> page) {
    for (const auto& row : page)
      writer.row(row.get());
    if (progress) progress(writer.rows());
  });
}

}  // namespace

BackupReport backup(const Configuration& configuration, const std::string& file, const BackupOptions& options,
                    Environment environment) {
  const auto settings = checked(configuration);
  environment = with_defaults(std::move(environment));
  refuse_without_database(settings);
  const auto existing = options.replace ? NewFile::Existing::replaced : NewFile::Existing::kept;
  if (!options.replace) refuse_existing(file);
  const Log log(settings.log_level, environment.log);
  BackupReport report;
  with_store(settings, log, [&](Store& store) {
    refuse_other_schema(store.schema_status());
    report = {};
    report.created_at =
        environment.now();  // before the reading begins: everything from before this time is in the backup
    Transaction transaction(store, Access::read);
    const auto data_key = stored_data_key(transaction);
    if (!data_key)
      throw Error(ErrorCode::key_missing,
                  "The database has never been opened, and has no key of its own yet: there is nothing to back up.");
    const auto key = key_that_opens(*data_key, options.with_key ? master_keys(settings, true, environment, log)
                                                                : keys_at_hand(settings, environment));
    std::optional<Sealer> sealer;
    if (key)
      sealer.emplace(MasterKeys{unsealed(*data_key, Sealer({*key}, environment.random)).key}, environment.random);
    report.file = file;
    if (options.with_key) {
      if (!key) throw other_keys(settings, environment);
      report.key_file = file + ".key";
      if (!options.replace) refuse_other_key(*report.key_file, *key);
    }
    report.schema_version = schema_version;
    try {
      BackupWriter writer(file, {std::string(version()), schema_version, report.created_at});
      for (const auto* record : backup_records())
        write_records(transaction, *record, writer, options.progress);
      if (report.key_file) write_key(*report.key_file, *key, existing);
      if (!writer.finish(existing, sealer, report)) refuse_existing(file);
    } catch (const std::system_error& failure) {
      refuse_file("not_writable", "The file " + file + " cannot be written: " + failure.code().message() + ".");
    } catch (const Poco::Exception&) {  // its text is zlib's
      refuse_file("not_writable", "The file " + file + " cannot be written to its end: is the disk full?");
    }
  });
  return report;
}

std::string to_json(const BackupReport& report) {
  std::string json;
  write_json(describe<BackupReport>(), &report, WriteSecrets::yes, json);
  return json;
}

}  // namespace clinic
