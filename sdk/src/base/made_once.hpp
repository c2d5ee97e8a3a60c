#pragma once

#include <atomic>
#include <memory>

namespace clinic {

/// The value that `make` makes, the same one for all threads until the process ends. Each lambda has a value of its
/// own. There is no lock: a child of fork() would wait for ever where another thread of its parent was inside a
/// function's static variable. Threads that come first at the same time each make a value, and one of these is kept.
/// What `make` throws goes to the caller, and the next call makes the value again.
template <class Make>
const auto& made_once(Make make) {
  using Value = decltype(make());
  static constinit std::atomic<const Value*> shared{nullptr};
  if (const auto* value = shared.load(std::memory_order_acquire)) return *value;
  auto made = std::make_unique<const Value>(make());
  const Value* first = nullptr;
  if (shared.compare_exchange_strong(first, made.get(), std::memory_order_acq_rel)) return *made.release();
  return *first;
}

}  // namespace clinic
