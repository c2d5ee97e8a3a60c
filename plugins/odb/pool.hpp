#pragma once

#include "failure.hpp"
#include "fair_gate.hpp"
#include "session.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace clinic::mapping {
namespace {

/// A limited number of connections, each opened when it is first needed. When all are in use, callers wait in a fair
/// queue.
class Pool {
 public:
  using Open = std::function<odb::details::shared_ptr<Driver::Connection>()>;

  Pool(std::size_t size, std::chrono::milliseconds patience, Failure exhausted, Open open)
      : gate_(size), patience_(patience), exhausted_(std::move(exhausted)), open_(std::move(open)) {}

  std::unique_ptr<Session> take() {
    if (!gate_.enter(patience_)) throw exhausted_;
    try {
      {
        std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
          auto session = std::move(idle_.back());  // the last one used: its caches are the warmest
          idle_.pop_back();
          return session;
        }
      }
      return std::make_unique<Session>(open_());
    } catch (...) {
      gate_.leave();
      throw;
    }
  }

  void put_back(std::unique_ptr<Session> session) noexcept {
    if (Driver::reusable(*session->connection)) {
      session->idle_since = FairGate::Clock::now();
      std::lock_guard lock(mutex_);
      idle_.push_back(std::move(session));
    } else {
      // The server probably went away, so the idle connections are broken, too.
      std::vector<std::unique_ptr<Session>> broken;
      std::lock_guard lock(mutex_);
      broken.swap(idle_);
    }
    gate_.leave();
  }

 private:
  FairGate gate_;
  std::chrono::milliseconds patience_;
  Failure exhausted_;
  Open open_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

/// A session on loan.
class Lease {
 public:
  explicit Lease(Pool& pool) : pool_(&pool), session_(pool.take()) {}
  ~Lease() {
    if (session_) pool_->put_back(std::move(session_));
  }
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&& other) noexcept {
    std::swap(pool_, other.pool_);
    session_.swap(other.session_);
    return *this;
  }

  Session& operator*() const { return *session_; }
  Session* operator->() const { return session_.get(); }

 private:
  Pool* pool_;
  std::unique_ptr<Session> session_;
};

}  // namespace
}  // namespace clinic::mapping
