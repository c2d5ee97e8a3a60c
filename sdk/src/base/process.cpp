#include "base/process.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace clinic {
namespace {

/// Null if the kernel does not support it.
std::atomic<pid_t>* wiped_in_children() noexcept {
#ifdef MADV_WIPEONFORK
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (::madvise(page, size, MADV_WIPEONFORK) == 0) return new (page) std::atomic<pid_t>(0);
  ::munmap(page, size);
#endif
  return nullptr;
}

}  // namespace

pid_t process_id() noexcept {
  static std::atomic<pid_t>* const kept = wiped_in_children();
  if (!kept) return ::getpid();
  pid_t id = kept->load(std::memory_order_relaxed);
  if (id == 0) {
    id = ::getpid();
    kept->store(id, std::memory_order_relaxed);
  }
  return id;
}

}  // namespace clinic
