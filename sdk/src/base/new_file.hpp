#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace clinic {

/// A file that comes into being whole or not at all: written beside its place under another name, with mode 0600, made
/// durable, and then given its name. Throws std::system_error.
class NewFile {
 public:
  enum class Existing { kept, replaced };

  explicit NewFile(std::filesystem::path file);
  /// Takes away what was not finished.
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  std::ostream& stream() { return stream_; }
  /// Answers false where a file of that name is there and is to be kept: then nothing has changed. Of several processes
  /// that make one file at once, one is told true.
  bool finish(Existing existing);

 private:
  std::filesystem::path file_;
  std::string temporary_;
  std::ofstream stream_;
};

}  // namespace clinic
