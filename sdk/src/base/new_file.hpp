#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace clinic {

/// A file that is written completely or not at all. It is written in the same folder under another name, with mode
/// 0600, synced to the disk, and then given its name. Throws std::system_error.
class NewFile {
 public:
  enum class Existing { kept, replaced };

  explicit NewFile(std::filesystem::path file);
  /// Removes an unfinished file.
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  std::ostream& stream() { return stream_; }
  /// Gives it the owner of the file that has the name, if there is one.
  void keep_owner();
  /// Returns false if a file of that name exists and must be kept; then nothing has changed. Of several processes that
  /// make one file at once, one gets true.
  bool finish(Existing existing);

 private:
  std::filesystem::path file_;
  std::string temporary_;
  std::ofstream stream_;
};

}  // namespace clinic
