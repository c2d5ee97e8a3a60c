#pragma once

#include <clinic/services/common.hpp>

#include <chrono>
#include <functional>

namespace clinic {

struct ListEvents {
  std::int64_t after = 0;  ///< the position of the last event that the subscriber has seen; 0: all that are kept
  std::int64_t limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListEvents, (), (after, limit))

template <>
struct FieldRules<ListEvents> {
  static constexpr std::array rules{
      FieldRule{"after", "Position of the last event that the subscriber has seen; 0: all events that are kept",
                Format::none, 0, Exposure::open, 0},
      FieldRule{"limit", "Most events in the answer", Format::none, 0, Exposure::open, 1, 1000},
  };
};

/// A committed change.
struct EventView {
  std::int64_t position = 0;
  std::string id{};
  Timestamp created_at{};
  std::string type{};         ///< patient.registered, account.linked, …
  std::string resource_id{};  ///< the record that changed
  Json data{"{}"};
};
BOOST_DESCRIBE_STRUCT(EventView, (), (position, id, created_at, type, resource_id, data))

struct EventPage {
  std::vector<EventView> items{};
  std::int64_t last = 0;    ///< the position to go on behind
  std::int64_t newest = 0;  ///< the position of the newest event: to go on behind it, without those before
};
BOOST_DESCRIBE_STRUCT(EventPage, (), (items, last, newest))

template <>
struct FieldRules<EventPage> {
  static constexpr std::array rules{
      FieldRule{"last", "The position to go on behind next time", Format::none, 0, Exposure::open, 0},
      FieldRule{"newest", "The position of the newest event, to go on behind it without those before", Format::none, 0,
                Exposure::open, 0}};
};

/// Committed changes, for hosts that act on them: at least once, and those of one person in their order. Thread-safe;
/// every method throws Error.
class CLINIC_API EventService {
 public:
  explicit EventService(Session session) : session_(std::move(session)) {}

  /// Events behind a position. An empty page: nothing happened since.
  EventPage list(const ListEvents& request = {}, const CallOptions& options = {}) const;

  /// The same, and waits up to that time for the first event. Changes of this process are seen at once, those of others
  /// within half a second.
  EventPage wait(const ListEvents& request, std::chrono::milliseconds time) const;

  /// Calls `handle` for each event behind the position, one after another, and waits for more, until `handle` answers
  /// false or `stopped` answers true, which is asked twice a second. Returns the position of the last event that was
  /// handled. Keep it, best together with what `handle` does: whoever ends in between sees that event again. An
  /// exception of `handle` ends it.
  std::int64_t follow(std::int64_t after, const std::function<bool(const EventView&)>& handle,
                      const std::function<bool()>& stopped = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
