#include "store/rerun.hpp"

#include <algorithm>
#include <random>

namespace clinic {

bool passing(const StorageError& failure) {
  return failure.code() == CLINIC_PLUGIN_CONFLICT || failure.code() == CLINIC_PLUGIN_STALE;
}

bool RerunBudget::again(const StorageError& failure) { return passing(failure) && again(); }

bool RerunBudget::again() {
  if (std::chrono::steady_clock::now() >= deadline_) return false;
  // Exponential with full jitter, so that those who collided do not collide again; up to two seconds, because in a
  // cluster whose commits take long many short transactions would otherwise keep a long one out until its end.
  thread_local std::minstd_rand generator{std::random_device{}()};
  const int ceiling = 1 << std::min(++runs_, 11);
  std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(0, ceiling)(generator)));
  return true;
}

}  // namespace clinic
