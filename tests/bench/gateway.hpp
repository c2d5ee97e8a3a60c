#pragma once

#include <clinic/clinic.hpp>
#include <clinic/plugin/notifier.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace clinic::bench {

/// A notifier that answers at once, or when it is released.
class Gateway {
 public:
  explicit Gateway(bool hangs) : hangs_(hangs) {}
  HostNotifier notifier(std::int64_t connections = 4) {
    static constexpr clinic_notifier_table table{
        .struct_size = sizeof table,
        .open = [](const clinic_plugin_host*, const char*, clinic_notifier**, clinic_plugin_error*) -> int {
          return CLINIC_PLUGIN_REFUSED;
        },
        .close = [](clinic_notifier*) {},
        .send = [](clinic_notifier* gateway, const clinic_outgoing_message*, clinic_plugin_error*) -> int {
          reinterpret_cast<Gateway*>(gateway)->wait();
          return CLINIC_PLUGIN_OK;
        },
        .health = nullptr,
        .submit = nullptr,
        .read_receipts = nullptr,
        .serves = nullptr};
    return {MessageChannel::email, &table, reinterpret_cast<clinic_notifier*>(this), connections};
  }
  void release() {
    {
      const std::lock_guard lock(mutex_);
      hangs_ = false;
    }
    released_.notify_all();
  }

 private:
  void wait() {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [&] { return !hangs_; });
  }
  std::mutex mutex_;
  std::condition_variable released_;
  bool hangs_;
};

}  // namespace clinic::bench
