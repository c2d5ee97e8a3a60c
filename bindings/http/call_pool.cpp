#include "call_pool.hpp"

#include <system_error>

namespace clinic::http {
namespace {

/// Whether the call on this thread has given its place away.
thread_local bool gave_place = false;

}  // namespace

// The threads' places are made at the start: where one is to begin, no exception may come of it.
CallPool::CallPool(std::size_t at_once, std::size_t waiting) : at_once_(at_once), most_waiting_(waiting) {
  threads_.reserve(at_once_ + most_paused);
}

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
  std::unique_lock lock(mutex_);
  if (!has_place() && calls_.size() >= most_waiting_) return false;
  calls_.push_back(std::move(call));
  const bool wake = must_wake_one();
  if (threads_.empty()) {  // none is to be had
    calls_.pop_back();
    return false;
  }
  lock.unlock();
  if (wake) work_.notify_one();
  return true;
}

void CallPool::drop_waiting() {
  std::deque<Call> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(calls_);
}

/// Lets a thread take the next call where one may: it starts one, or says that one is to be woken. The caller wakes it
/// when the caller has given the lock back, since the thread would wait for the lock at once. While a thread that was
/// woken or started does not run yet, it has two calls to look after, and wakes another one when it has taken the
/// first. So of calls that come together a thread that runs already takes some.
bool CallPool::must_wake_one() {
  if (calls_.size() <= 2 * (woken_ + starting_) || !has_place()) return false;
  if (idle_ > woken_) {
    ++woken_;
    return true;
  }
  if (ending_ || threads_.size() >= at_once_ + most_paused) return false;
  try {
    threads_.emplace_back([this] { work(); });
    ++starting_;
  } catch (const std::system_error&) {  // those that are there do the work
  }
  return false;
}

void CallPool::work() {
  std::unique_lock lock(mutex_);
  --starting_;
  for (;;) {
    while (!may_begin()) {
      if (ending_ && calls_.empty()) {
        work_.notify_all();  // those that have waited for a place have nothing to wait for any more
        return;
      }
      ++idle_;
      work_.wait(lock);
      --idle_;
      if (woken_ > 0) --woken_;
    }
    auto call = std::move(calls_.front());
    calls_.pop_front();
    ++running_;
    const bool wake = must_wake_one();
    lock.unlock();
    if (wake) work_.notify_one();
    call();
    call = nullptr;
    lock.lock();
    --running_;
    if (going_on_ > 0) turn_.notify_one();
  }
}

void CallPool::pause() {
  std::unique_lock lock(mutex_);
  if (paused_ >= most_paused) return;
  gave_place = true;
  ++paused_;
  --running_;
  if (going_on_ > 0) turn_.notify_one();
  const bool wake = must_wake_one();
  lock.unlock();
  if (wake) work_.notify_one();
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
