#pragma once

#include "backup/records.hpp"
#include "backup/writer.hpp"
#include "base/digest.hpp"

#include <Poco/InflatingStream.h>

#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace clinic {

/// Reads a backup row by row, and checks that it is complete. Throws Error: backup_invalid, which names the problem and
/// its place, and schema_newer.
class BackupReader {
 public:
  explicit BackupReader(const std::string& file);

  const BackupHeader& header() const { return header_; }

  struct Row {
    const RecordType* record;
    Object object;
    std::size_t size;  ///< the length of the row's line in bytes
  };
  /// The next row; empty at the end. At the end, the whole file has been checked.
  std::optional<Row> next();
  /// Valid after the end: the rows of each type of record, including types without a row.
  std::vector<RowCount> counts() const;
  const std::string& sha256() const { return sha256_; }
  /// Valid after the end; empty if the backup has no MAC.
  const std::string& mac() const { return mac_; }

 private:
  /// Reads a line into line_; returns false at the end of the file.
  bool read_line();
  boost::json::value parse_line() const;
  void read_header();
  void begin(const boost::json::object& section);
  void end(const boost::json::object& closing);
  /// Whether the file ends at the end of the gzip data.
  void check_size() const;
  /// Throws an error with the number of the line.
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::ifstream file_;
  Poco::InflatingInputStream unpacked_;
  Sha256 digest_;
  std::string buffer_, line_;
  std::size_t buffer_at_ = 0;
  std::uint64_t line_number_ = 0, size_ = 0;
  BackupHeader header_;
  const RecordType* record_ = nullptr;
  std::vector<std::uint32_t> fields_;
  std::map<const RecordType*, std::int64_t> counts_;
  std::string sha256_, mac_;
};

}  // namespace clinic
