#include "sealing_thread.hpp"

#include "fork_gate.hpp"

#include <pthread.h>

#include <csignal>

namespace clinic {
namespace {

/// No signal in this scope, nor in threads that it starts: those are for the host's threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

SealingThread::SealingThread(AuditSealing& sealing, std::chrono::seconds interval, const Log& log)
    : sealing_(sealing), interval_(interval), log_(log) {
  ForkGate::instance();
  const SignalsBlocked blocked;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void SealingThread::run(const std::stop_token& stop) {
  for (std::unique_lock lock(mutex_);;) {
    wake_.wait_for(lock, stop, interval_, [] { return false; });
    if (stop.stop_requested()) return;
    seal(stop);
  }
}

void SealingThread::seal(const std::stop_token& stop) {
  try {
    sealing_.seal_new(stop);
    failing_ = false;
  } catch (const std::exception& failure) {
    // Whoever writes hears of a database that does not answer; here it is said once.
    log_(failing_ ? LogLevel::debug : LogLevel::warning,
         std::string("audit: sealing waits for better times: ") + failure.what());
    failing_ = true;
  }
}

}  // namespace clinic
