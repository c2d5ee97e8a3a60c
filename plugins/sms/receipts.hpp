#pragma once

#include "settings.hpp"

#include <clinic/plugin/notifier.h>

#include <chrono>
#include <functional>

namespace clinic::sms {

/// Reads a call of the gateway and passes the receipt in it to `found`; none where its state is a word that the gateway
/// file does not know. Throws plugin::Failure(REFUSED) where the call is not authentic or makes no sense.
void read_receipt(const Settings& settings, const clinic_receipt_request& request,
                  std::chrono::system_clock::time_point now, const std::function<void(const clinic_receipt&)>& found);

}  // namespace clinic::sms
