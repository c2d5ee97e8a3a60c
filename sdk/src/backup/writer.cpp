#include "backup/writer.hpp"

#include "base/formats.hpp"
#include "meta/json.hpp"

namespace clinic {

std::string backup_mac(const Sealer& sealer, std::string_view sha256) { return sealer.keyed_hash("backup", sha256); }

BackupWriter::BackupWriter(const std::filesystem::path& file, const BackupHeader& header)
    : file_(file), packed_(file_.stream(), Poco::DeflatingStreamBuf::STREAM_GZIP) {
  packed_.exceptions(std::ios::badbit | std::ios::failbit);
  line_ = "{\"clinic_backup\":" + std::to_string(backup_format) + ",\"sdk_version\":";
  write_json_string(header.sdk_version, line_);
  line_ += ",\"schema_version\":" + std::to_string(header.schema_version) + ",\"created_at\":";
  write_json_string(format_timestamp(header.created_at), line_);
  line_ += '}';
  write_line();
}

void BackupWriter::begin(const RecordType& record) {
  record_ = &record;
  counts_.push_back({std::string(record.name()), 0});
  line_ = "{\"record\":";
  write_json_string(record.name(), line_);
  line_ += ",\"fields\":";
  for (std::uint32_t field = 0; field < record.stored->field_count; ++field) {
    line_ += field == 0 ? '[' : ',';
    write_json_string(record.stored->fields[field]->name, line_);
  }
  line_ += "]}";
  write_line();
}

void BackupWriter::row(const void* object) {
  line_.clear();
  write_row(*record_->stored, object, line_);
  write_line();
  ++counts_.back().rows;
  ++total_;
}

bool BackupWriter::finish(NewFile::Existing existing, const std::optional<Sealer>& sealer, BackupReport& report) {
  report.sha256 = digest_.finish();
  line_ = "{\"rows\":";
  for (const auto& count : counts_) {
    line_ += &count == counts_.data() ? '{' : ',';
    write_json_string(count.record, line_);
    line_ += ':' + std::to_string(count.rows);
  }
  line_ += "},\"sha256\":\"" + report.sha256 + '"';
  report.has_mac = sealer.has_value();
  if (sealer) line_ += ",\"mac\":\"" + backup_mac(*sealer, report.sha256) + '"';
  line_ += '}';
  write_line();
  packed_.close();
  report.rows = total_;
  report.records = std::move(counts_);
  return file_.finish(existing);
}

void BackupWriter::write_line() {
  line_ += '\n';
  digest_.add(line_);
  packed_.write(line_.data(), static_cast<std::streamsize>(line_.size()));
}

}  // namespace clinic
