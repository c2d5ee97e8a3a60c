#pragma once

#include "settings.hpp"

#include <clinic/plugin/notifier.h>

#include <string>
#include <utility>
#include <vector>

namespace clinic::sms {

/// A request of HTTP, ready to be written.
struct HttpRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< without Host and Content-Length
  std::string body;
};

/// The request that hands a message over. Throws plugin::Failure(REFUSED) for a message that no gateway can take.
HttpRequest request_for(const Settings& settings, const clinic_outgoing_message& message);

/// The request that asks after the gateway's health; the file has to have one.
HttpRequest health_request(const Settings& settings);

}  // namespace clinic::sms
