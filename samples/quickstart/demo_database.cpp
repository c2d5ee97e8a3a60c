#include "demo_database.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace fs = std::filesystem;

void make_room(const std::string& storage) {
  if (!storage.starts_with("sqlite:")) return;
  auto path = storage.substr(7, storage.find('?') - 7);
  if (path.starts_with("///")) path.erase(0, 3);
  const fs::path marker = path + ".demo";  // beside a database that this demo has made
  if (fs::exists(path) && !fs::exists(marker))
    throw std::runtime_error(path + " is there already and is not this demo's: choose another --storage");
  if (fs::path(path).has_parent_path()) fs::create_directories(fs::path(path).parent_path());
  for (const auto* ending : {"", "-wal", "-shm", "-journal", ".key"})
    fs::remove(path + ending);
  std::ofstream(marker) << "The database beside this file was made by clinic's quickstart, which may remove it.\n";
}

std::string shown_url(const std::string& storage) {
  const auto scheme = storage.find("://");
  const auto at = storage.find('@');
  if (scheme == storage.npos || at == storage.npos) return storage;
  return storage.substr(0, scheme + 3) + storage.substr(at + 1);
}
