#pragma once

#include "../core/new_file.hpp"
#include "digest.hpp"
#include "records.hpp"

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

/// Writes a backup: gzip of lines of JSON. The header; for each type of record its name and fields, then its rows; at
/// the end the number of rows of each and the SHA-256 of all lines before. Throws std::system_error and
/// Poco::Exception.
class BackupWriter {
 public:
  BackupWriter(const std::filesystem::path& file, const BackupHeader& header);

  void begin(const BackupRecord& record);
  /// A row of the type that was begun.
  void row(const void* object);
  std::int64_t rows() const { return total_; }
  /// Writes the last line and gives the file its name; false where one of that name is there and to be kept. Fills the
  /// report's counts and sum.
  bool finish(NewFile::Existing existing, BackupReport& report);

 private:
  void write_line();

  NewFile file_;
  Poco::DeflatingOutputStream packed_;
  Sha256 digest_;
  std::string line_;
  std::vector<RowCount> counts_;
  const BackupRecord* record_ = nullptr;
  std::int64_t total_ = 0;
};

}  // namespace clinic
