#pragma once

#include "driver.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>

namespace clinic::mapping {
namespace {

/// Puts commits on the disk: one sync of the write-ahead log for all that were made since the last one began. SQLite
/// itself would sync within each commit, while the next writer waits for its turn.
class LogSync {
 public:
  /// `connection` is used for nothing else: the log stays in its place as long as it is open.
  explicit LogSync(odb::details::shared_ptr<Driver::Connection> connection) : connection_(std::move(connection)) {
    connection_->execute("SELECT COUNT(*) FROM sqlite_master");  // opens the log
    sqlite3_file_control(connection_->handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log_);
    if (!log_ || !log_->pMethods) throw Failure::refused("the file system has no room for a write-ahead log's index");
  }

  /// Throws where another file has taken the place of the one whose log is synced here.
  void require_same_file() const { Driver::look_closely(*connection_); }

  /// Returns when what was committed before is on the disk. Throws no other Failure than OUTCOME_UNKNOWN.
  void wait() try {
    auto following = std::make_shared<Round>();  // here, where nobody relies on this thread yet
    std::unique_lock lock(mutex_);
    // The round that is under way may have begun before the commit, so it is the next one.
    const auto round = next_;
    round->changed.wait(lock, [&] { return round->done || !under_way_; });
    if (!round->done) {
      next_ = std::move(following);
      under_way_ = true;
      lock.unlock();
      const int code = sync();
      lock.lock();
      under_way_ = false;
      round->done = true;
      round->code = code;
      round->changed.notify_all();
      next_->changed.notify_one();  // who syncs for the next round
    }
    if (round->code != SQLITE_OK) throw Driver::unconfirmed_commit(round->code);
  } catch (const Failure&) {
    throw;
  } catch (...) {  // no memory
    throw Driver::unconfirmed_commit(SQLITE_NOMEM);
  }

 private:
  /// By one thread at a time.
  int sync() {
    int code = log_broke_ ? write_again() : SQLITE_OK;
    if (code == SQLITE_OK) code = log_->pMethods->xSync(log_, SQLITE_SYNC_NORMAL);
    log_broke_ = code != SQLITE_OK;
    return code;
  }

  /// After a sync that failed, the next one may succeed without what was to be written then, because Linux tells of it
  /// once. Whoever opens the log later reads as far as the first hole. So all of the log is written once more, while
  /// nobody else writes in it.
  int write_again() {
    int code = sqlite3_exec(connection_->handle(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
    const auto& methods = *log_->pMethods;
    std::array<char, 65536> bytes;
    sqlite3_int64 size = 0;
    code = methods.xFileSize(log_, &size);
    for (sqlite3_int64 at = 0; at < size && code == SQLITE_OK; at += std::ssize(bytes)) {
      const auto part = static_cast<int>(std::min<sqlite3_int64>(std::ssize(bytes), size - at));
      code = methods.xRead(log_, bytes.data(), part, at);
      if (code == SQLITE_OK) code = methods.xWrite(log_, bytes.data(), part, at);
    }
    sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    return code;
  }

  struct Round {
    std::condition_variable changed;
    bool done = false;
    int code = SQLITE_OK;
  };

  const odb::details::shared_ptr<Driver::Connection> connection_;
  sqlite3_file* log_ = nullptr;
  std::mutex mutex_;
  std::shared_ptr<Round> next_ = std::make_shared<Round>();
  bool under_way_ = false;
  bool log_broke_ = false;  ///< used by the thread that syncs
};

}  // namespace
}  // namespace clinic::mapping
