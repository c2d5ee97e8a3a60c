#include "limits/shared_limiter.hpp"

#include <clinic/error.hpp>

#include <algorithm>
#include <cstring>

namespace clinic {
namespace {

constexpr std::int64_t pause_milliseconds = 5000;

clinic_plugin_error empty_error() {
  clinic_plugin_error error{};
  error.struct_size = sizeof error;
  return error;
}

std::string text_of(const clinic_plugin_error& error) {
  return {error.message, ::strnlen(error.message, sizeof error.message)};
}

std::int64_t milliseconds_since_1970(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

SharedLimiter::SharedLimiter(const clinic_limiter_table& table, const clinic_plugin_host& host, const std::string& url,
                             const Log& log, std::function<Timestamp()> now)
    : table_(table), log_(log), now_(now), own_(std::move(now)) {
  auto error = empty_error();
  if (table_.open(&host, url.c_str(), &limiter_, &error) != CLINIC_PLUGIN_OK || limiter_ == nullptr)
    throw Error(ErrorCode::plugin_refused, "limiter: " + text_of(error));
}

SharedLimiter::~SharedLimiter() { table_.close(limiter_); }

plugin::Limiter::Answer SharedLimiter::take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
                                            std::uint64_t cost) {
  if (reachable()) {
    clinic_limit_answer answer{sizeof answer, 0, 0, 0, 0};
    auto error = empty_error();
    if (table_.take(limiter_, key.data(), key.size(), limit, static_cast<std::uint64_t>(window.count()), cost, &answer,
                    &error) == CLINIC_PLUGIN_OK) {
      succeeded();
      const auto at_most_window = [&](std::uint64_t milliseconds) {  // the plugin's answer is not trusted
        const auto longest = static_cast<std::uint64_t>(window.count());
        return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(milliseconds, longest)));
      };
      return {answer.allowed != 0, std::min(answer.remaining, limit), at_most_window(answer.retry_after_milliseconds),
              at_most_window(answer.whole_after_milliseconds)};
    }
    failed(error);
  }
  return own_.take(key, limit, window, cost);
}

void SharedLimiter::reset(std::string_view key) {
  own_.reset(key);
  if (!reachable()) return;
  auto error = empty_error();
  if (table_.reset(limiter_, key.data(), key.size(), &error) == CLINIC_PLUGIN_OK)
    succeeded();
  else
    failed(error);
}

bool SharedLimiter::reachable() const {
  const auto until = away_until_.load(std::memory_order_relaxed);
  if (until == 0) return true;
  const auto time = milliseconds_since_1970(now_());
  return time >= until || time < until - pause_milliseconds;  // the second condition: the clock was set back
}

void SharedLimiter::failed(const clinic_plugin_error& error) {
  if (away_until_.exchange(milliseconds_since_1970(now_()) + pause_milliseconds) == 0)
    log_(LogLevel::warning, "rate limits: each process counts by itself, since the limiter fails: " + text_of(error));
}

void SharedLimiter::succeeded() {
  if (away_until_.load(std::memory_order_relaxed) == 0) return;
  if (away_until_.exchange(0) != 0) log_(LogLevel::info, "rate limits: counted together again, the limiter answers");
}

}  // namespace clinic
