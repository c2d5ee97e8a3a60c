#include "base/fork_gate.hpp"

#include <pthread.h>

#include <cstdlib>
#include <new>

namespace clinic {

ForkGate& ForkGate::instance() {
  static ForkGate* const gate = new ForkGate;  // never destroyed: threads may live longer than static objects
  return *gate;
}

ForkGate::ForkGate() {
  ::pthread_atfork(before_fork, in_parent, in_child);
  std::atexit(at_exit);
}

void ForkGate::wait_for_workers(std::unique_lock<std::mutex>& lock, std::chrono::seconds at_most) {
  state_.idle.wait_for(lock, at_most, [&] { return state_.workers == 0; });
}

void ForkGate::before_fork() {
  auto& gate = instance();
  std::unique_lock lock(gate.state_.mutex);
  gate.wait_for_workers(lock, std::chrono::seconds(1));
  lock.release();  // no work begins until in_parent()
}

void ForkGate::in_parent() { instance().state_.mutex.unlock(); }

void ForkGate::in_child() {
  // The old state is locked by a thread that does not exist in the child.
  new (&instance().state_) State;
}

void ForkGate::at_exit() {
  auto& gate = instance();
  std::unique_lock lock(gate.state_.mutex);
  gate.state_.exiting = true;
  gate.wait_for_workers(lock, std::chrono::seconds(5));
}

ForkGate::Work::Work() {
  auto& state = instance().state_;
  std::lock_guard lock(state.mutex);
  allowed_ = !state.exiting;
  if (allowed_) ++state.workers;
}

ForkGate::Work::~Work() {
  if (!allowed_) return;
  auto& state = instance().state_;
  std::lock_guard lock(state.mutex);
  --state.workers;
  state.idle.notify_all();
}

}  // namespace clinic
