#include "outbox/dispatch_thread.hpp"

#include "base/own_thread.hpp"

#include <utility>

namespace clinic {

DispatchThread::DispatchThread(Dispatcher& dispatcher, MessageChannel channel, std::chrono::seconds interval,
                               const Log& log)
    : dispatcher_(dispatcher), channel_(channel), interval_(interval), log_(log) {
  thread_ = own_thread([this](const std::stop_token& stop) { run(stop); });
}

void DispatchThread::wake() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(woken_, true)) return;
  wake_.notify_one();
}

void DispatchThread::run(const std::stop_token& stop) {
  for (std::unique_lock lock(mutex_); !stop.stop_requested();) {
    woken_ = false;
    lock.unlock();
    dispatch(stop);
    lock.lock();
    wake_.wait_for(lock, stop, interval_, [&] { return woken_; });
  }
}

void DispatchThread::dispatch(const std::stop_token& stop) {
  try {
    dispatcher_.dispatch(channel_, stop);
    failing_ = false;
  } catch (const std::exception& failure) {
    // Writers get their own errors from a database that does not answer. Here it is logged once.
    log_(failing_ ? LogLevel::debug : LogLevel::warning,
         std::string("messages: dispatching waits for better times: ") + failure.what());
    failing_ = true;
  }
}

}  // namespace clinic
