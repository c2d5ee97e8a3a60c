#include "domains/system/check.hpp"
#include "engine/engine.hpp"

#include <string>

namespace clinic {
namespace {

/// Longer than a dispatcher's lease and than the waits between the first tries.
constexpr std::chrono::hours unsent_at_most{1};

}  // namespace

void check_messages(Call& call, Findings& findings) {
  for (const auto channel : detail::Words<MessageChannel>::values) {
    const auto waiting = call.engine().dispatcher().outbox().due(channel, unsent_at_most);
    if (waiting > 0)
      findings.add({.code = "messages_waiting",
                    .record_type = "message",
                    .record_id = std::string(word(channel)),
                    .message = std::to_string(waiting) + " messages over this channel have been due for an hour.",
                    .remedy = "Look whether a process with a notifier for this channel runs a dispatcher."});
  }
}

}  // namespace clinic
