#pragma once

#include "busy_handler.hpp"
#include "fork_guard.hpp"
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
    execute("PRAGMA synchronous=" + url.synchronous);
  }
  ~SqliteConnection() override = default;

 private:
  /// On a new file this needs the file alone, and SQLite does not always ask the busy handler for it.
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

/// Leaves the database file to other processes for a moment, now and then. A process that writes without a pause would
/// let in those that ask for the write lock from time to time only by luck, in the few microseconds between two
/// transactions.
class Courtesy {
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
/// writers queue here, where it is fair; only then do they compete with other processes for the file's lock.
///
/// A database in memory has one connection for all: there, transactions take turns.
class Connections {
 public:
  explicit Connections(std::string_view url)
      : url_(parse_url(url)),
        database_(url_.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX),
        writer_(1, url_.busy_timeout, {CLINIC_PLUGIN_BUSY, "other writers of this process kept the database too long"},
                [this] { return open(); }) {
    if (!url_.in_memory)
      readers_.emplace(
          url_.pool, url_.pool_timeout,
          Failure{CLINIC_PLUGIN_BUSY, "all connections are in use: raise pool=" + std::to_string(url_.pool)},
          [this] { return open(); });
  }

  Driver::Database& database() { return database_; }

  /// Opens a connection, or throws what is wrong with the file.
  void try_out() {
    create_private_file();
    Lease lease = take(false);
    lease->connection->execute("SELECT COUNT(*) FROM sqlite_master");
  }

  Lease take(bool writes) {
    if (!writes && readers_) return Lease(*readers_);
    Lease lease(writer_);
    if (!url_.in_memory) courtesy_.before_writing(lease->idle_since);
    return lease;
  }

 private:
  odb::details::shared_ptr<Driver::Connection> open() {
    return odb::details::shared_ptr<Driver::Connection>(new (odb::details::shared) SqliteConnection(database_, url_));
  }

  /// SQLite would make a file that everybody may read; its log files take after it. The file is made beside its place
  /// and linked there: closing it where others find it would take away the locks that another thread has on it by then
  /// (POSIX).
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

  const ForkGuard guard_;  // first and last: nothing of SQLite is done outside of it
  const SqliteUrl url_;
  Driver::Database database_;
  Pool writer_;
  std::optional<Pool> readers_;
  Courtesy courtesy_;  // of whom has the writing connection
};

}  // namespace
}  // namespace clinic::mapping
