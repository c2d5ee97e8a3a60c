#include "audit/sealing_thread.hpp"

#include "base/fork_gate.hpp"
#include "base/own_thread.hpp"

namespace clinic {
SealingThread::SealingThread(AuditSealing& sealing, std::chrono::seconds interval, const Log& log)
    : sealing_(sealing), interval_(interval), log_(log) {
  ForkGate::instance();
  thread_ = own_thread([this](const std::stop_token& stop) { run(stop); });
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
    // Writers get their own errors from a database that does not answer. Here it is logged once.
    log_(failing_ ? LogLevel::debug : LogLevel::warning,
         std::string("audit: sealing waits for better times: ") + failure.what());
    failing_ = true;
  }
}

}  // namespace clinic
