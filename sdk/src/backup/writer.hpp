#pragma once

#include "backup/records.hpp"
#include "base/digest.hpp"
#include "base/new_file.hpp"
#include "crypto/sealer.hpp"

#include <clinic/backup.hpp>

#include <Poco/DeflatingStream.h>

namespace clinic {

/// The first line of a backup.
struct BackupHeader {
  std::string sdk_version;
  std::uint32_t schema_version = 0;
  Timestamp created_at{};
};

inline constexpr std::int64_t backup_format = 1;

/// Over all lines but the last, whose SHA-256 it is given. Who can change a file can make its sum again, and not this.
std::string backup_mac(const Sealer& sealer, std::string_view sha256);

/// Writes a backup: gzip of lines of JSON. The header; for each type of record its name and fields, then its rows; at
/// the end the number of rows of each, the SHA-256 of all lines before, and a MAC. Throws std::system_error and
/// Poco::Exception.
class BackupWriter {
 public:
  BackupWriter(const std::filesystem::path& file, const BackupHeader& header);

  void begin(const RecordType& record);
  /// A row of the type that was begun.
  void row(const void* object);
  std::int64_t rows() const { return total_; }
  /// Writes the last line, with a MAC where there is a key for it, and gives the file its name; false where one of that
  /// name is there and to be kept. Fills the report's counts and sum.
  bool finish(NewFile::Existing existing, const std::optional<Sealer>& sealer, BackupReport& report);

 private:
  void write_line();

  NewFile file_;
  Poco::DeflatingOutputStream packed_;
  Sha256 digest_;
  std::string line_;
  std::vector<RowCount> counts_;
  const RecordType* record_ = nullptr;
  std::int64_t total_ = 0;
};

}  // namespace clinic
