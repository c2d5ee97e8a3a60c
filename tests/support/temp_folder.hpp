#pragma once

#include <filesystem>
#include <string>

namespace clinic::test {

/// A folder that goes when the test does, with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file; answers its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; nothing where there is none.
std::string contents(const std::filesystem::path& file);

}  // namespace clinic::test
