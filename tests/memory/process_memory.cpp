#include "process_memory.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace clinic::test {
namespace {

std::string bytes_of(int memory, std::uint64_t begin, std::uint64_t end) {
  std::string bytes(end - begin, '\0');
  std::size_t read = 0;
  while (read < bytes.size()) {
    const auto size = ::pread(memory, bytes.data() + read, bytes.size() - read, static_cast<off_t>(begin + read));
    if (size <= 0) break;  // what is reserved and was never used
    read += static_cast<std::size_t>(size);
  }
  bytes.resize(read);
  return bytes;
}

}  // namespace

ProcessMemory::ProcessMemory(pid_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  const int memory = ::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory < 0) throw std::runtime_error("the memory of the child cannot be read");
  std::ifstream maps(folder + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream columns(line);
    std::uint64_t begin = 0, end = 0;
    char dash = 0;
    std::string rights, offset, device, inode, name;
    columns >> std::hex >> begin >> dash >> end >> rights >> offset >> device >> inode >> name;
    if (rights.size() < 2 || rights[1] != 'w' || name == "[vvar]") continue;
    areas_.push_back({name.empty() ? "anonymous" : name, bytes_of(memory, begin, end)});
  }
  ::close(memory);
}

std::vector<std::string> ProcessMemory::places_of(std::string_view text) const {
  std::vector<std::string> places;
  for (const auto& area : areas_) {
    std::size_t count = 0;
    for (auto at = area.bytes.find(text); at != area.bytes.npos; at = area.bytes.find(text, at + 1))
      ++count;
    if (count > 0) places.push_back(area.name + " " + std::to_string(count));
  }
  return places;
}

std::size_t ProcessMemory::size() const {
  std::size_t size = 0;
  for (const auto& area : areas_)
    size += area.bytes.size();
  return size;
}

}  // namespace clinic::test
