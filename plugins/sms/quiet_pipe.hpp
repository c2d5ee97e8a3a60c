#pragma once

#include <csignal>
#include <ctime>

#include <pthread.h>

namespace clinic::sms {

/// As long as it lives, writing to a connection that was closed does not kill the process: OpenSSL writes without
/// MSG_NOSIGNAL, and the host's handling of SIGPIPE is not ours to change.
class QuietPipe {
 public:
  QuietPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~QuietPipe() {
    if (!was_pending_) {  // what we caused goes with us
      const timespec at_once{};
      while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  QuietPipe(const QuietPipe&) = delete;
  QuietPipe& operator=(const QuietPipe&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_;
};

}  // namespace clinic::sms
