#pragma once

/// \file
/// Who besides their owner may read or write the files of a clinic: what the mode bits say.

#include "base/log.hpp"

#include <clinic/configuration.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace clinic {

enum class FileKind { key, database, folder };

/// A file that not everybody may read or write.
struct PrivateFile {
  FileKind kind;
  std::filesystem::path path;  ///< absolute
};

/// The private files of a clinic: those that hold keys, the embedded database with its logs, and its folder.
std::vector<PrivateFile> private_files(const Configuration& configuration, const Environment& environment);

/// One that others may read or write.
struct OpenFile {
  std::string code;     ///< `key_file_open`, `database_file_open`, `folder_open`
  std::string message;  ///< a sentence with the path and who may do what
  std::string remedy;   ///< the command that closes it
};

/// Those that are open now: a key file to its group or others, a database file to others, a folder in which others may
/// put files in the place of these. One that is not there is not open.
std::vector<OpenFile> open_files(const std::vector<PrivateFile>& files);

/// A warning for each of them.
void warn_of_open_files(const std::vector<PrivateFile>& files, const Log& log);

}  // namespace clinic
