#pragma once

#include "settings.hpp"

#include <clinic/plugin/notifier.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace clinic::sms {

/// What the server answered.
struct HttpAnswer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};  ///< or its beginning
};

/// Judges an answer by the gateway file's rules. Returns when the message was accepted; else throws plugin::Failure,
/// whose text holds the status and the gateway's code, and nothing else of the answer.
void judge(const Settings& settings, const HttpAnswer& answer, std::chrono::system_clock::time_point now,
           clinic_submission& submission);

/// The same for an answer about health: 2xx is well.
void judge_health(const Settings& settings, const HttpAnswer& answer);

}  // namespace clinic::sms
