#pragma once

#include "arguments.hpp"
#include "desk.hpp"
#include "sign_ups.hpp"

#include <clinic/clinic.hpp>

#include <string>
#include <vector>

/// Everything that the demo did, for a screen or for a machine.
struct Summary {
  Arguments arguments;
  long rows = 0;
  clinic::Policy policy;
  std::string profile;
  DeskResult desk;
  SignUpResult sign_ups;
  clinic::SyncReport sync;
  std::vector<clinic::AuditEntryView> audit;  ///< the newest, then the newest refusals
  double seconds = 0;                         ///< of the whole demo
};

std::string to_json(const Summary& summary);
