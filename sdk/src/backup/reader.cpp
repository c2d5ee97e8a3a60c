#include "backup/reader.hpp"

#include "base/formats.hpp"
#include "records/record_model.hpp"

#include <clinic/error.hpp>

#include <Poco/Exception.h>

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>

namespace clinic {
namespace {

namespace json = boost::json;

/// No row is this long. (A few compressed bytes can expand into an endless line.)
constexpr std::size_t longest_line = std::size_t{64} * 1024 * 1024, read_at_once = std::size_t{64} * 1024;

const std::string& readable(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) throw Error(ErrorCode::backup_invalid, "There is no file " + path + ".");
  if (!std::filesystem::is_regular_file(path, unknown))
    throw Error(ErrorCode::backup_invalid, path + " is no file, and a backup is one.");
  return path;
}

const json::value* member(const json::object& object, std::string_view name) {
  return object.if_contains({name.data(), name.size()});
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t number_in(const json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  const auto* number = value ? value->if_int64() : nullptr;
  return number ? *number : -1;
}

}  // namespace

BackupReader::BackupReader(const std::string& file)
    : path_(readable(file)), file_(path_, std::ios::binary), unpacked_(file_, Poco::InflatingStreamBuf::STREAM_GZIP) {
  if (!file_) throw Error(ErrorCode::backup_invalid, path_ + " cannot be read.");
  unpacked_.exceptions(std::ios::badbit);
  read_header();
}

std::optional<BackupReader::Row> BackupReader::next() {
  for (;;) {
    if (!read_line()) fail("the file ends before its last line: it was cut off");
    const auto value = parse_line();
    if (const auto* values = value.if_array()) {
      if (!record_) fail("there is a row before it was said of what");
      Row row{record_, record_->fresh(), line_.size()};
      if (const auto wrong = read_row(*record_->stored, fields_, *values, row.object.get()); !wrong.empty())
        fail("a row of " + std::string(record_->name()) + " " + wrong);
      ++counts_[record_];
      return row;
    }
    const auto* object = value.if_object();
    if (!object) fail("there is neither a row nor a list of fields");
    if (!member(*object, "sha256")) {
      begin(*object);
      continue;
    }
    end(*object);
    return std::nullopt;
  }
}

std::vector<RowCount> BackupReader::counts() const {
  std::vector<RowCount> counts;
  for (const auto* record : backup_records()) {
    const auto found = counts_.find(record);
    counts.push_back({std::string(record->name()), found == counts_.end() ? 0 : found->second});
  }
  return counts;
}

bool BackupReader::read_line() {
  if (line_number_ > 0) {  // the sum does not include the last line
    digest_.add(line_);
    digest_.add("\n");
  }
  line_.clear();
  try {
    for (;;) {
      if (buffer_at_ == buffer_.size()) {
        buffer_.resize(read_at_once);
        unpacked_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.resize(static_cast<std::size_t>(unpacked_.gcount()));
        buffer_at_ = 0;
        size_ += buffer_.size();
        if (buffer_.empty()) break;
      }
      const auto end = buffer_.find('\n', buffer_at_);
      const auto length = (end == buffer_.npos ? buffer_.size() : end) - buffer_at_;
      line_.append(buffer_, buffer_at_, length);
      buffer_at_ += length;
      if (line_.size() > longest_line) fail("a line is too long");
      if (end == buffer_.npos) continue;
      ++buffer_at_;
      ++line_number_;
      return true;
    }
  } catch (const Poco::Exception&) {
    fail(line_number_ == 0 ? "it is not packed by gzip, cut off, or damaged" : "the file is damaged");
  }
  if (!line_.empty()) fail("the file ends within a line: it was cut off");
  return false;
}

boost::json::value BackupReader::parse_line() const {
  json::error_code error;
  auto value = json::parse(line_, error);
  if (error) fail("the line is no JSON");
  return value;
}

void BackupReader::read_header() {
  if (!read_line()) fail("it is empty");
  json::error_code error;
  const auto value = json::parse(line_, error);
  const auto* object = error ? nullptr : value.if_object();
  if (!object || !member(*object, "clinic_backup")) fail("it does not begin as a backup of clinic does");
  if (const auto format = number_in(*object, "clinic_backup"); format != backup_format)
    fail("it is of a format that this version does not read; the version that made it does");
  header_.sdk_version = text_in(*object, "sdk_version");
  const auto schema = number_in(*object, "schema_version");
  const auto created_at = parse_timestamp(text_in(*object, "created_at"));
  if (schema < 1 || schema > UINT32_MAX || !created_at) fail("its first line does not say from what it was made");
  header_.schema_version = static_cast<std::uint32_t>(schema);
  header_.created_at = *created_at;
  if (header_.schema_version > schema_version)
    throw Error(ErrorCode::schema_newer, "The backup is of schema version " + std::to_string(schema) +
                                             ", this SDK knows versions up to " + std::to_string(schema_version) +
                                             "; it was made by clinic " + header_.sdk_version + ".");
}

void BackupReader::begin(const boost::json::object& section) {
  const auto name = text_in(section, "record");
  record_ = backup_record(name);
  if (!record_) fail("there are records which this version does not know");
  if (!counts_.emplace(record_, 0).second) fail("the records " + name + " stand there twice");
  const auto& type = *record_->stored;
  fields_.clear();
  const auto* names = member(section, "fields");
  if (!names || !names->is_array()) fail("the fields of " + name + " are not named");
  for (const auto& field : names->get_array()) {
    std::uint32_t index = 0;
    while (index < type.field_count && !(field.is_string() && field.get_string() == type.fields[index]->name))
      ++index;
    if (index == type.field_count) fail(name + " has a field which this version does not know");
    if (std::find(fields_.begin(), fields_.end(), index) != fields_.end())
      fail("the field " + name + "." + type.fields[index]->name + " stands there twice");
    fields_.push_back(index);
  }
  // An older schema may lack some fields. Their rows get the values of a new record.
  if (header_.schema_version == schema_version && fields_.size() != type.field_count)
    fail(name + " lacks fields, though it is of the same schema");
}

void BackupReader::end(const boost::json::object& closing) {
  sha256_ = digest_.finish();
  mac_ = text_in(closing, "mac");
  const auto* rows = member(closing, "rows");
  if (!rows || !rows->is_object() || text_in(closing, "sha256") != sha256_)
    fail("the sum in the last line is another than that of the lines before: the file was changed");
  for (const auto* record : backup_records()) {
    const auto found = counts_.find(record);
    if (found == counts_.end() && header_.schema_version == schema_version)
      fail("the records " + std::string(record->name()) + " are missing");
    if (found != counts_.end() && number_in(rows->get_object(), record->name()) != found->second)
      fail("there are not as many rows of " + std::string(record->name()) + " as the last line says");
  }
  if (read_line()) fail("something follows the last line");
  check_size();
}

void BackupReader::check_size() const {
  std::ifstream file(path_, std::ios::binary);
  unsigned char bytes[4]{};
  file.seekg(-4, std::ios::end).read(reinterpret_cast<char*>(bytes), sizeof bytes);
  std::uint32_t said = 0;
  for (int i = 3; i >= 0; --i)
    said = said << 8 | bytes[i];
  if (!file || said != static_cast<std::uint32_t>(size_)) fail("the file does not end where it should");
}

void BackupReader::fail(const std::string& what) const {
  throw Error(
      ErrorCode::backup_invalid,
      path_ + (line_number_ > 0 ? ", line " + std::to_string(line_number_) : std::string()) + ": " + what + ".");
}

}  // namespace clinic
