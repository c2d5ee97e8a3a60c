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
  using LocalTime = std::chrono::local_time<Timestamp::duration>;
  LocalTime local(Timestamp time) const;
  /// The first moment at which the clocks there show that time, or have passed it.
  Timestamp utc(LocalTime time) const;

 private:
  const date::time_zone* zone_;
};

}  // namespace clinic
