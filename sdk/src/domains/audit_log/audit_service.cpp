#include <clinic/services/audit_service.hpp>

namespace clinic {

AuditService Session::audit() const { return AuditService(*this); }

AuditPage AuditService::list(const ListAudit& request, const CallOptions& options) const {
  return session_.call<AuditPage>("audit.list", request, options);
}

AuditSealed AuditService::seal(const SealAudit& request, const CallOptions& options) const {
  return session_.call<AuditSealed>("audit.seal", request, options);
}

AuditVerified AuditService::verify(const VerifyAudit& request, const CallOptions& options) const {
  return session_.call<AuditVerified>("audit.verify", request, options);
}

}  // namespace clinic
