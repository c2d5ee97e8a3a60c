#include "domains/system/check.hpp"
#include "engine/engine.hpp"

namespace clinic {

void check_notifiers(Call& call, Findings& findings) {
  for (const auto& notifier : call.engine().notifiers())
    if (const auto why = notifier->unhealthy(); !why.empty())
      findings.add({.code = "notifier_unhealthy",
                    .record_type = "notifier",
                    .record_id = std::string(word(notifier->channel())),
                    .message = "Messages over this channel cannot be sent now: " + why,
                    .remedy = "Look at the notifier's URL in the configuration, and whether its server answers."});
}

}  // namespace clinic
