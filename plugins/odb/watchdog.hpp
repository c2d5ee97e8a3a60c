#pragma once

#include "failure.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

namespace clinic::mapping {
namespace {

/// Cuts connections whose server does not answer in time. A driver waits for an answer as long as TCP does: for ever,
/// when the server, or something on the way to it, acknowledges packets and answers nothing. Once the socket is cut,
/// the waiting call fails as if the connection had broken.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  /// A socket that is watched while this lives. Only its owner's thread calls begin() and end().
  class Watched {
   public:
    Watched(Watchdog& watchdog, int socket) : watchdog_(watchdog), socket_(socket) {
      std::lock_guard lock(watchdog_.mutex_);
      watchdog_.watched_.push_back(this);
    }
    ~Watched() {
      std::lock_guard lock(watchdog_.mutex_);
      std::erase(watchdog_.watched_, this);
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    void begin() { deadline_.store((Clock::now() + watchdog_.patience_).time_since_epoch().count()); }
    void end() { deadline_.store(never); }
    void cut() const { ::shutdown(socket_.number, SHUT_RDWR); }

   private:
    friend class Watchdog;
    static constexpr Clock::rep never = Clock::time_point::max().time_since_epoch().count();

    /// A descriptor of our own for the driver's socket. The driver closes its descriptor as soon as the connection
    /// breaks, and another thread of the host may get the same number at once.
    struct Socket {
      explicit Socket(int drivers) : number(::fcntl(drivers, F_DUPFD_CLOEXEC, 0)) {
        if (number < 0) throw Failure::unavailable("the process has too many open files for another connection");
      }
      ~Socket() { ::close(number); }
      Socket(const Socket&) = delete;
      Socket& operator=(const Socket&) = delete;

      const int number;
    };

    Watchdog& watchdog_;
    const Socket socket_;
    std::atomic<Clock::rep> deadline_{never};
  };

  explicit Watchdog(std::chrono::milliseconds patience) : patience_(patience), thread_(start()) {}
  ~Watchdog() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  /// The host's signals are not for this thread.
  std::thread start() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread started([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
  }

  void watch() {
    const auto interval = std::clamp(patience_ / 8, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, interval, [this] { return ended_; })) {
      const auto now = Clock::now().time_since_epoch().count();
      for (const auto* watched : watched_)
        if (watched->deadline_.load() < now) watched->cut();
    }
  }

  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::vector<Watched*> watched_;
  std::thread thread_;  // uses all of the above
};

/// A server's connection that the watchdog watches.
template <class OdbConnection>
class WatchedConnection : public OdbConnection {
 public:
  template <class Handle>
  WatchedConnection(typename OdbConnection::database_type& database, Handle* handle, Watchdog& watchdog, int socket)
      : OdbConnection(database, handle), watched(watchdog, socket) {}

  Watchdog::Watched watched;
};

/// The time in which one call must be over.
class CallLimit {
 public:
  explicit CallLimit(Watchdog::Watched& watched) : watched_(watched) { watched_.begin(); }
  ~CallLimit() { watched_.end(); }
  CallLimit(const CallLimit&) = delete;
  CallLimit& operator=(const CallLimit&) = delete;

 private:
  Watchdog::Watched& watched_;
};

}  // namespace
}  // namespace clinic::mapping
