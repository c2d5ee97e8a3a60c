#pragma once

#include "base/time_zone.hpp"

#include <optional>
#include <string_view>

namespace clinic {

/// The hours of a night in which no message goes out that can wait (NOTE-7), `22:00-07:00` in the clinic's time zone.
class QuietHours {
 public:
  /// Throws Error(configuration_invalid).
  explicit QuietHours(std::string_view text);
  /// When the quiet hours end that are now; nothing outside of them.
  std::optional<Timestamp> end_of(const TimeZone& zone, Timestamp now) const;

 private:
  std::chrono::minutes from_{0}, until_{0};
};

}  // namespace clinic
