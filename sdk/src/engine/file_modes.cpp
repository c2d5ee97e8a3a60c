#include "engine/file_modes.hpp"

#include "base/storage_url.hpp"
#include "crypto/master_key.hpp"

namespace clinic {
namespace {

namespace fs = std::filesystem;
using fs::perms;

constexpr perms to_read = perms::group_read | perms::others_read, to_write = perms::group_write | perms::others_write;

std::string who(perms open) {
  const bool group = (open & perms::group_all) != perms::none, others = (open & perms::others_all) != perms::none;
  return group && others ? "its group and all others" : group ? "its group" : "all others";
}

std::string what(perms open) {
  const bool read = (open & to_read) != perms::none, write = (open & to_write) != perms::none;
  return read && write ? "read and change" : write ? "change" : read ? "read" : "open";
}

/// What is said of a kind of file.
struct Rule {
  const char* code;
  const char* name;
  perms not_wanted;
  const char* closing;
};

Rule rule_of(FileKind kind) {
  switch (kind) {
    case FileKind::key:
      return {"key_file_open", "key file", perms::group_all | perms::others_all, "chmod 600"};
    case FileKind::database:
      return {"database_file_open", "database file", perms::others_read | perms::others_write, "chmod o-rwx"};
    case FileKind::folder:
      break;
  }
  return {"folder_open", "folder", perms::others_write, "chmod o-w"};
}

/// The bits that are too many. None of a file that is not there, nor of a folder with the sticky bit: in that, nobody
/// replaces another's files.
perms open_to(const PrivateFile& file) {
  std::error_code failure;
  const auto status = fs::status(file.path, failure);
  if (failure || !fs::exists(status)) return perms::none;
  const bool sticky = (status.permissions() & perms::sticky_bit) != perms::none;
  if (file.kind == FileKind::folder && sticky) return perms::none;
  return status.permissions() & rule_of(file.kind).not_wanted;
}

}  // namespace

std::vector<PrivateFile> private_files(const Configuration& configuration, const Environment& environment) {
  std::vector<PrivateFile> files;
  // What has no absolute path (an empty name, a working folder that was removed) cannot be opened either: whoever opens
  // it says so.
  const auto add = [&](FileKind kind, const fs::path& path) {
    std::error_code failed;
    if (auto absolute = fs::absolute(path, failed); !failed) files.push_back({kind, std::move(absolute)});
  };
  if (const auto source = key_source(configuration, environment); source.setting == "master_key_file")
    add(FileKind::key, source.place);
  for (const auto& key : configuration.token_keys)
    if (key.key_file) add(FileKind::key, *key.key_file);
  if (const auto database = StorageUrl(configuration.storage).database_file()) {
    for (const auto* end : {"", "-wal", "-shm"})
      add(FileKind::database, *database + end);
    std::error_code failed;
    add(FileKind::folder, fs::absolute(*database, failed).parent_path());
  }
  return files;
}

std::vector<OpenFile> open_files(const std::vector<PrivateFile>& files) {
  std::vector<OpenFile> found;
  for (const auto& file : files) {
    const auto open = open_to(file);
    if (open == perms::none) continue;
    const auto rule = rule_of(file.kind);
    const auto path = file.path.string();
    found.push_back(
        {rule.code,
         std::string("The ") + rule.name + " " + path + " is open: " + who(open) + " may " + what(open) + " it.",
         std::string(rule.closing) + " '" + path + "'"});
  }
  return found;
}

void warn_of_open_files(const std::vector<PrivateFile>& files, const Log& log) {
  for (const auto& file : open_files(files))
    log(LogLevel::warning, file.message + " Close it: " + file.remedy);
}

}  // namespace clinic
