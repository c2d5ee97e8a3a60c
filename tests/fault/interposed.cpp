#include "interposed.hpp"

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace clinic::test::disk {
namespace {

std::mutex mutex;
std::string watched;
std::set<std::string> dirty;
int sync_count = 0;
int writes_left = -1, syncs_left = -1;
bool has_failed = false;
std::atomic<bool> on = false;

/// The path of a watched file; empty for all others.
std::string path_of(int file) {
  char target[4096];
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto size = ::readlink(link.c_str(), target, sizeof target);
  std::string path(target, size > 0 ? static_cast<std::size_t>(size) : 0);
  return path.starts_with(watched) && !path.ends_with("-shm") ? path : std::string();
}

bool may_write(int file) {
  if (!on) return true;
  std::lock_guard lock(mutex);
  const auto path = path_of(file);
  if (path.empty()) return true;
  if (writes_left > 0)
    --writes_left;
  else if (writes_left == 0) {
    has_failed = true;
    errno = ENOSPC;
    return false;
  }
  dirty.insert(path);
  return true;
}

bool may_sync(int file) {
  if (!on) return true;
  std::lock_guard lock(mutex);
  const auto path = path_of(file);
  if (path.empty()) return true;
  if (syncs_left >= 0 && syncs_left-- == 0) {
    has_failed = true;
    errno = EIO;
    return false;
  }
  ++sync_count;
  dirty.erase(path);
  return true;
}

}  // namespace

void watch(const std::string& prefix) {
  std::lock_guard lock(mutex);
  watched = prefix;
  dirty.clear();
  sync_count = 0;
  writes_left = syncs_left = -1;
  has_failed = false;
  on = !prefix.empty();
}

int syncs() {
  std::lock_guard lock(mutex);
  return sync_count;
}

std::set<std::string> unsynced() {
  std::lock_guard lock(mutex);
  return dirty;
}

void fail_writes_from(int n) {
  std::lock_guard lock(mutex);
  writes_left = n;
}

void fail_sync(int n) {
  std::lock_guard lock(mutex);
  syncs_left = n;
}

bool failed() {
  std::lock_guard lock(mutex);
  return std::exchange(has_failed, false);
}

}  // namespace clinic::test::disk

using namespace clinic::test;

extern "C" {

__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return disk::may_write(file) ? ::syscall(SYS_pwrite64, file, bytes, size, offset) : -1;
}
__attribute__((visibility("default"))) ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return disk::may_write(file) ? ::syscall(SYS_pwrite64, file, bytes, size, offset) : -1;
}
__attribute__((visibility("default"))) int fsync(int file) {
  return disk::may_sync(file) ? static_cast<int>(::syscall(SYS_fsync, file)) : -1;
}
__attribute__((visibility("default"))) int fdatasync(int file) {
  return disk::may_sync(file) ? static_cast<int>(::syscall(SYS_fdatasync, file)) : -1;
}
}
