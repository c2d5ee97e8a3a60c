#include "base/time_zone.hpp"

#include <clinic/error.hpp>

#include <date/tz.h>

namespace clinic {
namespace {

const date::time_zone* located(const std::string& name) {
  try {
    // The time zones are read at the first use, in our own code. Debian's library is built without the thread
    // sanitizer, which would not see the library's own locks.
    static const auto& read = date::get_tzdb();
    static_cast<void>(read);
    return date::locate_zone(name);
  } catch (const std::exception&) {
    throw Error(ErrorCode::configuration_invalid, {},
                {{"policy.time_zone", "unknown_word", "The time zone is not an IANA name such as Asia/Jakarta."}});
  }
}

}  // namespace

TimeZone::TimeZone(const std::string& name) : zone_(located(name)) {}

TimeZone::LocalTime TimeZone::local(Timestamp time) const {
  return LocalTime(zone_->to_local(time).time_since_epoch());
}

Timestamp TimeZone::utc(LocalTime time) const {
  return zone_->to_sys(date::local_time<Timestamp::duration>(time.time_since_epoch()), date::choose::earliest);
}

Date TimeZone::day_at(Timestamp time) const {
  const auto since_epoch = date::floor<date::days>(zone_->to_local(time)).time_since_epoch().count();
  return Date(std::chrono::sys_days(std::chrono::days(since_epoch)));
}

}  // namespace clinic
