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

/// Reads a backup row by row, and makes sure that it is whole. Throws Error: backup_invalid, naming what is wrong and
/// where, and schema_newer.
class BackupReader {
 public:
  explicit BackupReader(const std::string& file);

  const BackupHeader& header() const { return header_; }

  struct Row {
    const RecordType* record;
    Object object;
    std::size_t size;  ///< of its line, in bytes
  };
  /// The next row; none at the end, by which all that is there has proven whole.
  std::optional<Row> next();
  /// After the end: of each type of record, those without a row too.
  std::vector<RowCount> counts() const;
  const std::string& sha256() const { return sha256_; }
  /// After the end; empty where it has none.
  const std::string& mac() const { return mac_; }

 private:
  /// Into line_; false at the end of the file.
  bool read_line();
  boost::json::value parse_line() const;
  void read_header();
  void begin(const boost::json::object& section);
  void end(const boost::json::object& closing);
  /// Whether the file ends where gzip says that it ends.
  void check_size() const;
  /// With the number of the line.
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
