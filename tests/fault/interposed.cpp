#include "interposed.hpp"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace clinic::test::disk {
namespace {

std::mutex mutex;
std::string watched;
std::set<std::string> dirty;
int sync_count = 0;

struct Disk {
  std::string bytes;
  std::vector<std::pair<off_t, std::size_t>> written;  ///< since the last fsync
};
std::map<std::string, Disk> disks;

int writes_left = -1, syncs_left = -1;
bool has_failed = false;
bool held = false;
std::condition_variable let_go;
std::atomic<bool> on = false;

/// The path of a watched file; empty for all others.
std::string path_of(int file) {
  char target[4096];
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto size = ::readlink(link.c_str(), target, sizeof target);
  std::string path(target, size > 0 ? static_cast<std::size_t>(size) : 0);
  return path.starts_with(watched) && !path.ends_with("-shm") ? path : std::string();
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void has_written(int file, off_t offset, ssize_t size) {
  if (!on || size <= 0) return;
  std::lock_guard lock(mutex);
  if (const auto disk = disks.find(path_of(file)); disk != disks.end())
    disk->second.written.emplace_back(offset, static_cast<std::size_t>(size));
}

void has_synced(Disk& disk, int file) {
  for (const auto& [offset, size] : std::exchange(disk.written, {})) {
    const auto end = static_cast<std::size_t>(offset) + size;
    if (disk.bytes.size() < end) disk.bytes.resize(end);
    if (::pread(file, disk.bytes.data() + offset, size, offset) < 0) std::abort();
  }
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
  if (!disks.contains(path)) disks[path].bytes = content_of(path);
  return true;
}

bool may_sync(int file) {
  if (!on) return true;
  std::unique_lock lock(mutex);
  const auto path = path_of(file);
  if (path.empty()) return true;
  let_go.wait(lock, [] { return !held; });
  if (syncs_left >= 0 && syncs_left-- == 0) {
    has_failed = true;
    disks[path].written.clear();
    errno = EIO;
    return false;
  }
  has_synced(disks[path], file);
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
  disks.clear();
  writes_left = syncs_left = -1;
  has_failed = false;
  on = !prefix.empty();
}

int syncs() {
  std::lock_guard lock(mutex);
  return sync_count;
}

std::string on_disk(const std::string& path) {
  std::lock_guard lock(mutex);
  const auto disk = disks.find(path);
  return disk != disks.end() ? disk->second.bytes : content_of(path);
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

void hold_syncs(bool hold) {
  std::lock_guard lock(mutex);
  held = hold;
  let_go.notify_all();
}

bool failed() {
  std::lock_guard lock(mutex);
  return std::exchange(has_failed, false);
}

ssize_t write(int file, const void* bytes, size_t size, off_t offset) {
  if (!may_write(file)) return -1;
  const auto written = ::syscall(SYS_pwrite64, file, bytes, size, offset);
  has_written(file, offset, written);
  return written;
}

}  // namespace clinic::test::disk

using namespace clinic::test;

extern "C" {

__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return disk::write(file, bytes, size, offset);
}
__attribute__((visibility("default"))) ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return disk::write(file, bytes, size, offset);
}
__attribute__((visibility("default"))) int fsync(int file) {
  return disk::may_sync(file) ? static_cast<int>(::syscall(SYS_fsync, file)) : -1;
}
__attribute__((visibility("default"))) int fdatasync(int file) {
  return disk::may_sync(file) ? static_cast<int>(::syscall(SYS_fdatasync, file)) : -1;
}
}
