#include "base/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace clinic {
namespace {

[[noreturn]] void fail() { throw std::system_error(errno != 0 ? errno : EIO, std::generic_category()); }

/// Opens a file or a folder and waits until it is on the disk. Some file systems do not support fsync of a folder, and
/// do not need it.
bool sync(const char* path) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0;
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  return done;
}

}  // namespace

NewFile::NewFile(std::filesystem::path file) : file_(std::move(file)), temporary_(file_.string() + ".XXXXXX") {
  const int descriptor = ::mkstemp(temporary_.data());
  if (descriptor < 0) {
    temporary_.clear();
    fail();
  }
  ::close(descriptor);
  errno = 0;
  stream_.open(temporary_, std::ios::binary);
  if (!stream_) {
    const int reason = errno;
    ::unlink(temporary_.c_str());
    errno = reason;
    fail();
  }
}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::keep_owner() {
  struct stat before {};
  if (::stat(file_.c_str(), &before) != 0 || before.st_uid == ::geteuid()) return;
  if (::chown(temporary_.c_str(), before.st_uid, static_cast<gid_t>(-1)) != 0) fail();
}

bool NewFile::finish(Existing existing) {
  errno = 0;
  stream_.close();
  if (!stream_ || !sync(temporary_.c_str())) fail();
  // link() fails if the name exists; rename() replaces the file.
  const bool named = existing == Existing::replaced ? std::rename(temporary_.c_str(), file_.c_str()) == 0
                                                    : ::link(temporary_.c_str(), file_.c_str()) == 0;
  if (!named && !(existing == Existing::kept && errno == EEXIST)) fail();
  if (existing == Existing::kept) ::unlink(temporary_.c_str());
  temporary_.clear();
  if (named) sync(file_.parent_path().empty() ? "." : file_.parent_path().c_str());
  return named;
}

}  // namespace clinic
