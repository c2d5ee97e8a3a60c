#include <clinic/services/event_service.hpp>

#include <algorithm>
#include <thread>

namespace clinic {
namespace {

constexpr std::chrono::milliseconds between_looks(500);

}  // namespace

EventService Session::events() const { return EventService(*this); }

EventPage EventService::list(const ListEvents& request, const CallOptions& options) const {
  return session_.call<EventPage>("events.list", request, options);
}

EventPage EventService::wait(const ListEvents& request, std::chrono::milliseconds time) const {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + time;
  for (;;) {
    const auto seen = session_.changes_seen();
    auto page = list(request);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (!page.items.empty() || left.count() <= 0) return page;
    session_.await_change(seen, std::min(left, between_looks));
  }
}

std::int64_t EventService::follow(std::int64_t after, const std::function<bool(const EventView&)>& handle,
                                  const std::function<bool()>& stopped) const {
  while (!stopped || !stopped()) {
    for (const auto& event : wait({.after = after}, between_looks).items) {
      if (!handle(event)) return event.position;
      after = event.position;
      if (stopped && stopped()) return after;
    }
  }
  return after;
}

}  // namespace clinic
