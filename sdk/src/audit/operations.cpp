#include "../identity/page.hpp"
#include "../identity/people.hpp"
#include "../operations/table.hpp"

#include <clinic/services/audit_service.hpp>

namespace clinic {
namespace {

AuditPage list_audit(Call& call, const ListAudit& request) {
  return call.read([&](Transaction& transaction) {
    Criteria<AuditEntry> criteria;
    if (request.patient) criteria = where(&AuditEntry::patient_id) == find_patient(transaction, *request.patient).id;
    if (request.actor_id) criteria = std::move(criteria) && where(&AuditEntry::actor_id) == *request.actor_id;
    if (request.action) criteria = std::move(criteria) && where(&AuditEntry::action) == *request.action;
    if (request.outcome) criteria = std::move(criteria) && where(&AuditEntry::outcome) == *request.outcome;
    if (request.from) criteria = std::move(criteria) && where(&AuditEntry::created_at) >= *request.from;
    if (request.until) criteria = std::move(criteria) && where(&AuditEntry::created_at) < *request.until;
    return page_of<AuditPage>(transaction, std::move(criteria), request.after, request.limit, request.newest_first,
                              [](AuditEntry entry) { return entry; });
  });
}

}  // namespace

std::vector<Operation> audit_operations() {
  return {
      operation<list_audit>({"audit.list",
                             "Who did, or tried to do, what; by patient, actor, action, outcome or time",
                             Effect::reads,
                             {Role::admin},
                             "GET",
                             "/audit",
                             "AUDIT_READ",
                             {ErrorCode::not_found}}),
  };
}

}  // namespace clinic
