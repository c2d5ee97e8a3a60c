#pragma once

/// \file
/// Limiter plugins in C++: derive from clinic::plugin::Limiter, and write one line.
///
///     class Counter : public clinic::plugin::Limiter {
///      public:
///       Counter(clinic::plugin::Host host, std::string_view url);
///       Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
///                   std::uint64_t cost) override;
///       void reset(std::string_view key) override;
///     };
///     CLINIC_LIMITER_PLUGIN(Counter, "counter", "1.0.0", "MIT");

#include <clinic/plugin/limiter.h>
#include <clinic/plugin/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace clinic {
namespace [[gnu::visibility("hidden")]] plugin {

/// One opened limiter. Threads: any number at once. Functions report failure by throwing Failure.
class [[gnu::visibility("default")]] Limiter {
 public:
  struct Answer {
    bool allowed = false;
    std::uint64_t remaining = 0;
    std::chrono::milliseconds retry_after{0};  ///< where not allowed
    std::chrono::milliseconds whole_after{0};  ///< where allowed: until the whole limit is there again; 0: not known
  };

  Limiter() = default;
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;
  virtual ~Limiter() = default;

  /// Takes `cost` from `key`, which has `limit` in each window; all or nothing.
  virtual Answer take(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window,
                      std::uint64_t cost) = 0;
  virtual void reset(std::string_view key) = 0;
};

namespace detail {

template <class Implementation>
struct LimiterTable {
  static Limiter& from(clinic_limiter* handle) { return *reinterpret_cast<Limiter*>(handle); }

  static int open(const clinic_plugin_host* host, const char* url, clinic_limiter** out, clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(host, log), "clinic_plugin_host");
      std::unique_ptr<Limiter> made = std::make_unique<Implementation>(Host(*host), text(url));
      *out = reinterpret_cast<clinic_limiter*>(made.release());
      return CLINIC_PLUGIN_OK;
    });
  }
  static void close(clinic_limiter* limiter) { delete &from(limiter); }
  static int take(clinic_limiter* limiter, const char* key, std::size_t key_size, std::uint64_t limit,
                  std::uint64_t window_milliseconds, std::uint64_t cost, clinic_limit_answer* answer,
                  clinic_plugin_error* error) {
    return guard(error, [&] {
      require(CLINIC_PLUGIN_HAS(answer, retry_after_milliseconds), "clinic_limit_answer");
      const std::chrono::milliseconds window(static_cast<std::chrono::milliseconds::rep>(window_milliseconds));
      const Limiter::Answer made = from(limiter).take({key, key_size}, limit, window, cost);
      answer->allowed = made.allowed ? 1 : 0;
      answer->remaining = made.remaining;
      answer->retry_after_milliseconds = static_cast<std::uint64_t>(made.retry_after.count());
      if (CLINIC_PLUGIN_HAS(answer, whole_after_milliseconds))
        answer->whole_after_milliseconds = static_cast<std::uint64_t>(made.whole_after.count());
      return CLINIC_PLUGIN_OK;
    });
  }
  static int reset(clinic_limiter* limiter, const char* key, std::size_t key_size, clinic_plugin_error* error) {
    return guard(error, [&] {
      from(limiter).reset({key, key_size});
      return CLINIC_PLUGIN_OK;
    });
  }

  static constexpr clinic_limiter_table table = {sizeof(clinic_limiter_table), open, close, take, reset};
};

}  // namespace detail
}  // namespace plugin
}  // namespace clinic

/// Makes the library a limiter plugin. The class is constructed from (Host, std::string_view url).
#define CLINIC_LIMITER_PLUGIN(Class, name, version, licence)                                                     \
  CLINIC_EXPORT_PLUGIN(CLINIC_PLUGIN_LIMITER, clinic::plugin::detail::LimiterTable<Class>::table, name, version, \
                       licence)
