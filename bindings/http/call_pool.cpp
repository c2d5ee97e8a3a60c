#include "call_pool.hpp"

#include <system_error>

namespace clinic::http {
namespace {

/// Whether the call on this thread has given its place away.
thread_local bool gave_place = false;

}  // namespace

CallPool::~CallPool() {
  std::vector<std::jthread> threads;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;  // no thread begins any more
    threads.swap(threads_);
  }
  work_.notify_all();
  threads.clear();  // joins
}

bool CallPool::submit(Call call) {
  const std::lock_guard lock(mutex_);
  if (running_ + going_on_ >= at_once_ && calls_.size() >= most_waiting_) return false;
  calls_.push_back(std::move(call));
  start_one();
  if (!threads_.empty()) return true;
  calls_.pop_back();  // no thread is to be had
  return false;
}

void CallPool::drop_waiting() {
  std::deque<Call> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(calls_);
}

/// Lets a thread take the next call where one may.
void CallPool::start_one() {
  if (calls_.empty() || running_ + going_on_ >= at_once_) return;
  if (idle_ > 0) {
    work_.notify_one();
    return;
  }
  if (ending_ || threads_.size() >= at_once_ + most_paused) return;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {  // those that are there do the work
  }
}

void CallPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_.wait(lock,
               [&] { return (!calls_.empty() && running_ + going_on_ < at_once_) || (ending_ && calls_.empty()); });
    --idle_;
    if (calls_.empty()) return;
    auto call = std::move(calls_.front());
    calls_.pop_front();
    ++running_;
    start_one();
    lock.unlock();
    call();
    call = nullptr;
    lock.lock();
    --running_;
    turn_.notify_one();
  }
}

void CallPool::pause() {
  const std::lock_guard lock(mutex_);
  if (paused_ >= most_paused) return;
  gave_place = true;
  ++paused_;
  --running_;
  turn_.notify_one();
  start_one();
}

void CallPool::go_on() {
  std::unique_lock lock(mutex_);
  if (!gave_place) return;
  gave_place = false;
  --paused_;
  ++going_on_;  // before those that have not begun
  turn_.wait(lock, [&] { return running_ < at_once_; });
  --going_on_;
  ++running_;
  start_one();
}

std::size_t CallPool::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

std::size_t CallPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return calls_.size();
}

std::size_t CallPool::paused() const {
  const std::lock_guard lock(mutex_);
  return paused_;
}

}  // namespace clinic::http
