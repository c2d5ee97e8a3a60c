#include "outbox/quiet_hours.hpp"

#include <clinic/error.hpp>

#include <charconv>

namespace clinic {
namespace {

/// `07:30` as minutes after midnight; -1 for anything else.
int minutes_of(std::string_view text) {
  const auto number = [](std::string_view digits, int limit) {
    int value = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value >= 0 && value < limit ? value : -1;
  };
  if (text.size() != 5 || text[2] != ':' || text[0] == '-' || text[3] == '-') return -1;
  const int hours = number(text.substr(0, 2), 24), minutes = number(text.substr(3), 60);
  return hours < 0 || minutes < 0 ? -1 : hours * 60 + minutes;
}

}  // namespace

QuietHours::QuietHours(std::string_view text) {
  if (text.empty()) return;
  const int from = text.size() == 11 && text[5] == '-' ? minutes_of(text.substr(0, 5)) : -1;
  const int until = from < 0 ? -1 : minutes_of(text.substr(6));
  if (until < 0 || from == until)
    throw Error(ErrorCode::configuration_invalid, {},
                {{"policy.quiet_hours", "invalid_format", "Quiet hours are two different times: 22:00-07:00."}});
  from_ = std::chrono::minutes(from);
  until_ = std::chrono::minutes(until);
}

std::optional<Timestamp> QuietHours::end_of(const TimeZone& zone, Timestamp now) const {
  if (from_ == until_) return std::nullopt;
  const auto local = zone.local(now);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const auto time = local - midnight;
  const bool quiet = from_ < until_ ? time >= from_ && time < until_ : time >= from_ || time < until_;
  if (!quiet) return std::nullopt;
  const auto day = time >= until_ ? midnight + std::chrono::days(1) : midnight;
  return zone.utc(day + until_);
}

}  // namespace clinic
