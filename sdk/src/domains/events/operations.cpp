#include "engine/engine.hpp"
#include "engine/make_operation.hpp"
#include "events/event_log.hpp"

#include <clinic/services/event_service.hpp>

namespace clinic {
namespace {

EventPage list_events(Call& call, const ListEvents& request) {
  auto read = call.engine().events().read(request.after, request.limit);
  if (request.after > read.newest)
    throw Error(ErrorCode::position_unknown, {}, {{"after", "not_found", "No event has this position yet."}});
  if (read.behind < read.removed)
    throw Error(ErrorCode::position_unknown, {},
                {{"after", "not_found", "Events behind this position are no longer kept, or a backup was restored."}});
  EventPage page;
  page.last = read.behind;
  page.newest = read.newest;
  for (auto& event : read.events)
    page.items.push_back({.position = *event.position,
                          .id = std::move(event.id),
                          .created_at = event.created_at,
                          .type = std::move(event.type),
                          .resource_id = std::move(event.resource_id),
                          .data = std::move(event.data)});
  if (!page.items.empty()) page.last = page.items.back().position;
  return page;
}

}  // namespace

template <>
std::vector<Operation> rows_of<EventService>() {
  return {
      operation<list_events>({
          .name = "events.list",
          .help = "Committed changes behind a position, in their order",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/events"},
          .audit = "EVENTS_READ",
          .resource = "event",
          .subject = no_record,
          .errors = {ErrorCode::position_unknown},
      }),
  };
}

}  // namespace clinic
