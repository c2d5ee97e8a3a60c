#include "audit/readable.hpp"
#include "audit/seals.hpp"
#include "audit/walk.hpp"
#include "domains/people/people.hpp"
#include "domains/people/subjects.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"
#include "engine/page.hpp"
#include "engine/scope.hpp"

#include <clinic/services/audit_service.hpp>
#include <clinic/services/patient_service.hpp>

#include <chrono>
#include <map>
#include <set>
#include <sstream>

namespace clinic {
namespace {

EntrySignature signature_in(Call& call, const AuditEntry& entry) {
  return signature_of(call.engine().sealer(), call.engine().signing_start(), entry);
}

AuditPage list_audit(Call& call, Transaction& transaction, const ListAudit& request) {
  const auto shown = [&](AuditEntry entry) {
    const auto signature = signature_in(call, entry);
    return AuditEntryView{.id = std::move(entry.id),
                          .created_at = entry.created_at,
                          .actor_id = std::move(entry.actor_id),
                          .actor_name = std::move(entry.actor_name),
                          .actor_role = std::move(entry.actor_role),
                          .action = std::move(entry.action),
                          .resource_type = std::move(entry.resource_type),
                          .resource_id = std::move(entry.resource_id),
                          .patient_id = std::move(entry.patient_id),
                          .outcome = entry.outcome,
                          .error_code = std::move(entry.error_code),
                          .origin = std::move(entry.origin),
                          .metadata = std::move(entry.metadata),
                          .signature = signature};
  };
  auto criteria = readable_entries();
  if (request.patient)
    criteria = std::move(criteria) && where(&AuditEntry::patient_id) == find_patient(transaction, *request.patient).id;
  if (request.actor_id) criteria = std::move(criteria) && where(&AuditEntry::actor_id) == *request.actor_id;
  if (request.action) criteria = std::move(criteria) && where(&AuditEntry::action) == *request.action;
  if (request.outcome) criteria = std::move(criteria) && where(&AuditEntry::outcome) == *request.outcome;
  if (request.from) criteria = std::move(criteria) && where(&AuditEntry::created_at) >= *request.from;
  if (request.until) criteria = std::move(criteria) && where(&AuditEntry::created_at) < *request.until;
  return page_of<AuditPage>(transaction, std::move(criteria), request.after, request.limit, request.newest_first,
                            shown);
}

/// Where the id of the user stands, the login name, too; none of users who are gone, or were never known here.
void add_usernames(Transaction& transaction, std::vector<RecordAccess>& items) {
  std::set<std::string> ids;
  for (const auto& item : items)
    if (item.actor_id) ids.insert(*item.actor_id);
  if (ids.empty()) return;
  std::map<std::string, std::string> names;
  for (auto& user : Repository<User>(transaction).select(Query<User>(where(&User::id).in(ids))))
    names.emplace(std::move(user.id), std::move(user.username));
  for (auto& item : items)
    if (const auto name = item.actor_id ? names.find(*item.actor_id) : names.end(); name != names.end())
      item.actor_username = name->second;
}

/// Who saw my record: a patient hears who acted and when, and not which user that was, nor from where.
AccessLogPage access_log(Call& call, Transaction& transaction, const AccessLog& request) {
  const auto patient = find_patient(call, transaction, request.patient);
  auto page = page_of<AccessLogPage>(transaction, where(&AuditEntry::patient_id) == patient.id && readable_entries(),
                                     request.after, request.limit, request.newest_first, [&](AuditEntry entry) {
                                       const auto signature = signature_in(call, entry);
                                       if (scope_of(call) != Scope::any && entry.actor_id != call.actor().id())
                                         entry.actor_id.reset();
                                       return RecordAccess{.id = entry.id,
                                                           .created_at = entry.created_at,
                                                           .actor_id = entry.actor_id,
                                                           .actor_name = entry.actor_name,
                                                           .actor_role = entry.actor_role,
                                                           .action = entry.action,
                                                           .outcome = entry.outcome,
                                                           .signature = signature};
                                     });
  add_usernames(transaction, page.items);
  return page;
}

AuditSealed seal_audit(Call& call, const SealAudit& request) {
  auto made = call.engine().audit_sealing().seal(request.whole_audit);
  call.step([&](UnitOfWork& work) {
    work.audit({.metadata = json_object({{"seals_made", made.seals_made},
                                         {"entries_sealed", made.entries_sealed},
                                         {"anchors_failed", made.anchors_failed}})});
  });
  return made;
}

AuditVerified verify_audit(Call& call, const VerifyAudit& request) {
  const auto& file = call.engine().audit_sealing().anchors().file();
  auto anchors = Anchors::of(file);
  if (request.anchors) {
    std::istringstream text(*request.anchors);
    anchors.read(text, "anchors", Anchors::End::whole);
  }
  // A seal is anchored right after it was made; what was made just now may be on its way.
  if (file) anchors.whole_until = call.now() - std::chrono::minutes(1);
  // Begun after the anchors were read: the seal of each is in the state that is read here.
  return call.read([&](Transaction& transaction) {
    // Who cuts off the audit's end may take the file away, too. Before the first seal's anchor there is none.
    const auto seals = anchors.file_missing ? seals_behind(transaction, {}) : std::vector<AuditSeal>();
    if (!seals.empty() && seals.front().created_at <= *anchors.whole_until)
      anchors.unreadable.emplace_back("the anchor file cannot be read");
    return AuditWalk(transaction, call.engine().sealer(), call.engine().signing_start(), std::move(anchors),
                     request.from_seal.value_or(1))
        .run();
  });
}

}  // namespace

template <>
std::vector<Operation> rows_of<AuditService>() {
  return {
      operation<access_log>({
          .name = "patients.access_log",
          .help = "Who saw or changed a patient's record",
          .effect = Effect::reads,
          .roles = RoleSet{Role::admin}.with_linked(Role::patient),
          .http = {"GET", "/patients/{patient}/access-log"},
          .audit = "ACCESS_LOG_READ",
          .resource = "patient",
          .subject = patient_named_by<&AccessLog::patient>,
          .errors = {ErrorCode::not_found},
      }),
      operation<seal_audit>({
          .name = "audit.seal",
          .help = "Seal what the audit holds now, so that a later change is found",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/audit/seal"},
          .audit = "AUDIT_SEALED",
          .resource = "audit",
          .subject = no_record,
          .fault = told_by<&AuditSealed::anchors_failed>,
      }),
      operation<verify_audit>({
          .name = "audit.verify",
          .help = "Whether audit entries or seals were changed, taken out or put in beside the SDK",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/audit/verify"},
          .audit = "AUDIT_VERIFIED",
          .resource = "audit",
          .subject = no_record,
          .fault = told_by<&AuditVerified::valid>,
      }),
      operation<list_audit>({
          .name = "audit.list",
          .help = "Who did, or tried to do, what; by patient, actor, action, outcome or time",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/audit"},
          .audit = "AUDIT_READ",
          .resource = "audit",
          .subject = no_record,
          .errors = {ErrorCode::not_found},
      }),
  };
}

}  // namespace clinic
