#pragma once

#include "busy_handler.hpp"
#include "fork_guard.hpp"
#include "log_sync.hpp"
#include "pool.hpp"
#include "url.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

namespace clinic::mapping {
namespace {

/// A connection with its PRAGMAs set; they are per connection.
class SqliteConnection final : public WatchedConnection {
 public:
  SqliteConnection(Driver::Database& database, const SqliteUrl& url)
      : WatchedConnection(database), busy_(handle(), url.busy_timeout) {  // no extended codes: ODB does not know them
    if (!url.in_memory) use_write_ahead_log(url.busy_timeout);
    execute(url.synchronous == Synchronous::extra ? "PRAGMA synchronous=EXTRA" : "PRAGMA synchronous=NORMAL");
  }
  ~SqliteConnection() override = default;

 private:
  /// On a new file this needs an exclusive lock, for which SQLite does not always ask the busy handler.
  void use_write_ahead_log(std::chrono::milliseconds patience) {
    for (const auto deadline = FairGate::Clock::now() + patience;;) {
      try {
        execute("PRAGMA journal_mode=WAL");
        return;
      } catch (const odb::timeout&) {
        if (FairGate::Clock::now() >= deadline) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }

  BusyHandler busy_;
};

/// Pauses a process that writes all the time, so that other processes get the write lock. Without pauses they would get
/// it only by luck, in the few microseconds between two transactions.
class WritePauses {
 public:
  using Clock = FairGate::Clock;

  void before_writing(Clock::time_point last_write) {
    const auto now = Clock::now();
    if (now - last_write > gap) {
      burst_begin_ = now;
    } else if (now - burst_begin_ > longest_burst) {
      std::this_thread::sleep_for(gap);
      burst_begin_ = Clock::now();
    }
  }

 private:
  static constexpr std::chrono::microseconds longest_burst{100000};
  static constexpr std::chrono::microseconds gap{1200};  // a little longer than BusyHandler's intervals
  Clock::time_point burst_begin_{};
};

/// The connections to one database file: several to read with, one to write with. SQLite has one writer at a time, so
/// writers of this process wait in our fair queue first, and then compete with other processes for the file's lock.
///
/// A database in memory has one connection, and its transactions take turns.
class Connections {
 public:
  explicit Connections(std::string_view url)
      : url_(parse_url(url)),
        database_(url_.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX),
        writer_(1, url_.busy_timeout, Failure::busy("other writers of this process kept the database too long"),
                [this] { return open(); }) {
    if (!url_.in_memory)
      readers_.emplace(url_.pool, url_.pool_timeout,
                       Failure::busy("all connections are in use: raise pool=" + std::to_string(url_.pool)),
                       [this] { return open(); });
  }

  Driver::Database& database() { return database_; }

  /// Opens a connection. Throws when that fails.
  void try_out() {
    create_private_file();
    if (url_.synchronous == Synchronous::full && !url_.in_memory)
      log_sync_.emplace(open());
    else
      take(false)->connection->execute("SELECT COUNT(*) FROM sqlite_master");
  }

  Lease take(bool writes) {
    if (!writes && readers_) return Lease(*readers_);
    Lease lease(writer_);
    if (!url_.in_memory) pauses_.before_writing(lease->idle_since);
    return lease;
  }

  /// The next writer goes on while this one waits for the disk.
  void confirm_commit(Lease& committed) {
    if (!log_sync_) return;
    { const auto done = std::move(committed); }
    log_sync_->wait();
  }

 private:
  odb::details::shared_ptr<Driver::Connection> open() {
    odb::details::shared_ptr<Driver::Connection> opened(new (odb::details::shared) SqliteConnection(database_, url_));
    if (log_sync_) log_sync_->require_same_file();
    return opened;
  }

  /// Makes a file that only its owner may read. SQLite would let everybody read it, and its log files get the same
  /// permissions. The file is made under another name and then linked to its place, because closing a file drops all
  /// locks of the process on it (POSIX), and another thread may have opened it already.
  void create_private_file() {
    if (url_.in_memory || ::access(url_.path.c_str(), F_OK) == 0) return;
    const auto path = target_of(url_.path);
    std::string beside = path + ".XXXXXX";
    const int file = ::mkostemp(beside.data(), O_CLOEXEC);  // mode 0600
    if (file < 0) return;                                   // SQLite will say what is wrong with the folder
    ::close(file);
    const bool made = ::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST;
    if (!made) {  // a file system without links
      const int direct = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (direct >= 0) ::close(direct);
    }
    ::unlink(beside.c_str());
  }

  const ForkGuard guard_;  // the first member: SQLite is used only while it lives
  const SqliteUrl url_;
  Driver::Database database_;
  Pool writer_;
  std::optional<Pool> readers_;
  std::optional<LogSync> log_sync_;
  WritePauses pauses_;  // used by the owner of the writing connection only
};

}  // namespace
}  // namespace clinic::mapping
