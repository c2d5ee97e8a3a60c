#pragma once

/// \file
/// How a call shows that it is the gateway's. All comparisons take the same time for any two texts of one length.

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace clinic::sms {

using Parameters = std::multimap<std::string, std::string, std::less<>>;

bool equal_in_constant_time(std::string_view one, std::string_view other);

/// X-Twilio-Signature: of the address as Twilio called it and the fields of the form.
bool signed_by_twilio(const std::string& secret, std::string_view url, const Parameters& form,
                      std::string_view signature);

/// `Authorization: Bearer` with a JWT of HS256 whose `payload_hash` is that of the body. One that is older than a day,
/// or not yet valid, counts as none: within a day Vonage repeats a call that was not answered.
bool signed_by_vonage_jwt(const std::string& secret, std::string_view authorization, std::string_view body,
                          std::chrono::system_clock::time_point now);

/// The parameter `sig` of Vonage's SMS API, by the method SHA-256 HMAC, with a `timestamp` of at most a day ago.
bool signed_by_vonage_parameter(const std::string& secret, const Parameters& parameters,
                                std::chrono::system_clock::time_point now);

}  // namespace clinic::sms
