#include <clinic/services/system_service.hpp>

namespace clinic {

SystemService Session::system() const { return SystemService(*this); }

Operations SystemService::operations(const CallOptions& options) const {
  return session_.call<Operations>("system.operations", Nothing{}, options);
}

VersionInfo SystemService::version(const CallOptions& options) const {
  return session_.call<VersionInfo>("system.version", Nothing{}, options);
}

Health SystemService::health(const CallOptions& options) const {
  return session_.call<Health>("system.health", Nothing{}, options);
}

Reencrypted SystemService::reencrypt(const CallOptions& options) const {
  return session_.call<Reencrypted>("system.reencrypt", Nothing{}, options);
}

CleanedUp SystemService::clean_up(const CallOptions& options) const {
  return session_.call<CleanedUp>("system.clean_up", Nothing{}, options);
}

SystemChecked SystemService::check(const CallOptions& options) const {
  return session_.call<SystemChecked>("system.check", Nothing{}, options);
}

SystemMetrics SystemService::metrics(const CallOptions& options) const {
  return session_.call<SystemMetrics>("system.metrics", Nothing{}, options);
}

}  // namespace clinic
