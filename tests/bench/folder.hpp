#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace clinic::bench {

/// A new folder for databases, removed at the end.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& parent) : path_((parent / "clinic-bench-XXXXXX").string()) {
    std::filesystem::create_directories(parent);
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no folder can be made in " + parent.string());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name + ".db"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace clinic::bench
