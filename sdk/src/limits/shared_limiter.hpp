#pragma once

#include "base/log.hpp"
#include "limits/memory_limiter.hpp"
#include "plugins/loader.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace clinic {

/// A limiter plugin, which counts for all processes together. While it cannot be reached, this process counts by
/// itself, so that calls are neither all refused nor all allowed. The plugin is asked again every few seconds.
class SharedLimiter final : public plugin::Limiter {
 public:
  /// `table` is complete. `table`, `host` and `log` must outlive the limiter. Throws Error(plugin_refused).
  SharedLimiter(const clinic_limiter_table& table, const clinic_plugin_host& host, const std::string& url,
                const Log& log, std::function<Timestamp()> now);
  ~SharedLimiter() override;

  Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window, std::uint64_t cost) override;
  void reset(std::string_view key) override;

 private:
  bool reachable() const;
  void failed(const clinic_plugin_error& error);
  void succeeded();

  const clinic_limiter_table& table_;
  const Log& log_;
  std::function<Timestamp()> now_;
  MemoryLimiter own_;
  clinic_limiter* limiter_ = nullptr;
  std::atomic<std::int64_t> away_until_{0};  ///< milliseconds since 1970; 0: the plugin answered last time
};

}  // namespace clinic
