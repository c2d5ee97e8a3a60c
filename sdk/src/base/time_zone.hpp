#pragma once

#include <clinic/types.hpp>

#include <chrono>
#include <string>

namespace date {
class time_zone;
}  // namespace date

namespace clinic {

/// A time zone, looked up once. Thread-safe.
class TimeZone {
 public:
  /// `name` is an IANA name. Throws Error(configuration_invalid).
  explicit TimeZone(const std::string& name);
  Date day_at(Timestamp time) const;
  /// What a clock on the wall shows, as if it were a time in UTC.
  std::chrono::sys_time<std::chrono::milliseconds> wall_time_at(Timestamp time) const;

 private:
  const date::time_zone* zone_;
};

}  // namespace clinic
