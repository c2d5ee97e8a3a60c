#pragma once

/// \file
/// How an SMS is encoded and into how many parts it is cut (3GPP TS 23.038 and TS 23.040).

#include <cstdint>
#include <string_view>

namespace clinic {

/// The values are those of `clinic_sms_encoding` in plugin/notifier.h.
enum class SmsEncoding : std::uint32_t { gsm7 = 1, ucs2 = 2 };

struct SmsLength {
  SmsEncoding encoding = SmsEncoding::gsm7;
  std::uint32_t units = 0;  ///< septets (a character of the extension table takes two), or UTF-16 units
  std::uint32_t parts = 1;
};

/// The encoding that the text needs, and its length in it. One part has 160 septets or 70 units. Each of several parts
/// has 153 or 67, since a header joins them. Neither an escape and its character nor a surrogate pair is cut in two.
/// The text is UTF-8; invalid bytes count as U+FFFD. Thread-safe.
SmsLength sms_length(std::string_view text);

/// The septets that the character takes in GSM 7-bit: 1, or 2 with the escape; 0 where the alphabet lacks it.
unsigned gsm7_septets(char32_t character);

}  // namespace clinic
