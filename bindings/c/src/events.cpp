#include "guard.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>

namespace c = clinic::c;

namespace {

/// How long a closing clinic waits for a subscriber at the most.
constexpr std::chrono::milliseconds longest_wait(500);

/// Waits in short calls, so that nobody who closes the clinic waits for long.
std::string waited(const clinic_session& session, std::int64_t after, std::int64_t limit,
                   std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  constexpr std::string_view nothing = "{\"items\":[]";
  const auto request = "{\"after\":" + std::to_string(after) + ",\"limit\":" + std::to_string(limit) + "}";
  const auto end = Clock::now() + time;
  for (;;) {
    bool done = false;
    auto answer = session.shared->with([&](const clinic::Clinic& opened) {
      const auto acting = opened.act_as(session.actor);
      const auto seen = acting.changes_seen();
      auto page = acting.call("events.list", request);
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      done = !page.starts_with(nothing) || left.count() <= 0;
      if (!done) acting.await_change(seen, std::min(left, longest_wait));
      return page;
    });
    if (done) return answer;
  }
}

}  // namespace

int clinic_events(const clinic_session* session, int64_t after, int64_t limit, uint32_t wait_milliseconds,
                  clinic_buffer** events, clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(events, "events", error, [&] {
    c::require_open(session, "session");
    return c::hand_out(waited(*session, after, limit, std::chrono::milliseconds(wait_milliseconds)));
  });
}

int clinic_subscribe(const clinic_session* session, int64_t after,
                     int (*handle)(void* context, int64_t position, const char* event, size_t size), void* context,
                     int64_t* last, clinic_error* error) CLINIC_NOEXCEPT {
  constexpr std::int64_t events_at_once = 100;
  return c::guarded(error, [&] {
    if (last) *last = after;
    c::require_open(session, "session");
    if (!handle)
      throw clinic::Error(clinic::ErrorCode::validation_failed, {}, {{"handle", "required", "`handle` is NULL"}});
    for (;;) {
      const auto page = boost::json::parse(waited(*session, after, events_at_once, longest_wait)).as_object();
      const auto& items = page.at("items").as_array();
      if (items.empty() && handle(context, after, nullptr, 0) != 0) return;
      for (const auto& item : items) {
        const auto text = boost::json::serialize(item);
        after = item.at("position").as_int64();
        const int ended = handle(context, after, text.c_str(), text.size());
        if (last) *last = after;
        if (ended != 0) return;
      }
    }
  });
}
