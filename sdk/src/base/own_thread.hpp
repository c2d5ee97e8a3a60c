#pragma once

#include "base/signals_blocked.hpp"

#include <thread>
#include <type_traits>
#include <utility>

namespace clinic {
namespace detail {

inline thread_local bool own_thread = false;

}  // namespace detail

/// Starts a thread of the SDK's own. It takes no signals: these are for the host's threads.
template <class Body>
std::jthread own_thread(Body body) {
  const SignalsBlocked blocked;
  return std::jthread([body = std::move(body)](const std::stop_token& stop) mutable {
    detail::own_thread = true;
    if constexpr (std::is_invocable_v<Body&, const std::stop_token&>)
      body(stop);
    else
      body();
  });
}

/// Whether the caller runs in such a thread, where a function of the host's was called. It cannot wait for its own end.
inline bool on_own_thread() { return detail::own_thread; }

}  // namespace clinic
