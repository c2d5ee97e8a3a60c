#pragma once

/// \file
/// A host that keeps what a plugin logs.

#include <clinic/plugin/plugin.h>

#include <mutex>
#include <string>
#include <vector>

namespace clinic::conformance {

class RecordedHost {
 public:
  explicit RecordedHost(clinic_log_level level = CLINIC_LOG_INFO)
      : host_{sizeof(clinic_plugin_host), this, level, [](void* context, int32_t, const char* message, size_t size) {
                auto& recorded = *static_cast<RecordedHost*>(context);
                std::lock_guard lock(recorded.mutex_);
                recorded.lines_.emplace_back(message, size);
              }} {}
  RecordedHost(const RecordedHost&) = delete;
  RecordedHost& operator=(const RecordedHost&) = delete;

  const clinic_plugin_host& view() const { return host_; }
  std::vector<std::string> lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  clinic_plugin_host host_;
};

/// A struct as a later SDK may have it: longer, with bytes behind the members of today that no older plugin may read.
template <class Struct>
struct Longer {
  Struct today;
  unsigned char later[24];

  explicit Longer(const Struct& original = {}) : today(original) {
    today.struct_size = sizeof(Longer);
    for (auto& byte : later)
      byte = 0xEE;
  }
};

}  // namespace clinic::conformance
