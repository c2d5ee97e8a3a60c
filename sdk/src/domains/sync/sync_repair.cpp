#include "domains/people/linking.hpp"
#include "domains/sync/faults.hpp"
#include "domains/sync/sync_check.hpp"
#include "domains/sync/sync_run.hpp"
#include "store/storage_errors.hpp"

#include <functional>

namespace clinic {
namespace {

/// What is to be done about a fault. Without `apply`, only people can decide.
struct Remedy {
  std::string action;
  std::function<void(UnitOfWork&)> apply{};
  bool makes_patient = false;  ///< a patient is found or made for the user afterwards
};

/// The two records of a fault, as they are now.
struct Records {
  std::optional<User> user;
  std::optional<Patient> patient;
};

class Repair {
 public:
  Repair(Call& call, const RepairSync& request) : call_(call), request_(request) {}

  SyncRepaired run() {
    each_fault(call_, [&](FaultFound found) {
      const bool aligned = found.fault == SyncFault::contact_differs && request_.contacts_of != ContactsOf::neither;
      if (!may_be_meant(found.fault) || aligned) mend(std::move(found));
    });
    report_.clean = report_.left == 0 && report_.planned == 0;
    return request_.dry_run ? std::move(report_) : filed();
  }

 private:
  void mend(FaultFound found) {
    auto told = [&](RepairState state, std::string action) {
      ++(state == RepairState::planned ? report_.planned
         : state == RepairState::done  ? report_.repaired
                                       : report_.left);
      ++report_.step_count;
      if (report_.steps.size() < most_told)
        report_.steps.push_back({found.fault, found.user_id, found.patient_id, state, std::move(action)});
    };
    std::optional<Remedy> remedy;
    const auto error = refusal_in([&] { remedy = step(found); });
    if (error) return told(RepairState::left, sentence_of(*error));
    if (!remedy) return;  // somebody else was faster
    told(!remedy->apply && !remedy->makes_patient ? RepairState::left
         : request_.dry_run                       ? RepairState::planned
                                                  : RepairState::done,
         remedy->action);
  }

  std::optional<Remedy> step(const FaultFound& found) {
    std::optional<Remedy> remedy;
    if (request_.dry_run)
      remedy = call_.read([&](Transaction& transaction) { return remedy_for(transaction, found); });
    else
      call_.step([&](UnitOfWork& work) {
        remedy = remedy_for(work.transaction(), found);
        if (!remedy || !remedy->apply) throw NothingToDo{};
        remedy->apply(work);
        work.audit({.resource_type = found.user_id ? "user" : "patient",
                    .resource_id = found.user_id ? *found.user_id : *found.patient_id,
                    .patient_id = found.patient_id,
                    .metadata = json_object({{"fault", word(found.fault)}, {"action", remedy->action}}),
                    .action = "RECORDS_REPAIRED"});
      });
    if (remedy && remedy->makes_patient && !(request_.dry_run && remedy->apply))
      if (sync_user(call_, *found.user_id, request_.dry_run) == SyncOutcome::nothing && !remedy->apply)
        return std::nullopt;
    return remedy;
  }

  std::optional<Remedy> remedy_for(Transaction& transaction, const FaultFound& found) {
    Records now;
    if (found.user_id) now.user = Repository<User>(transaction).find(*found.user_id);
    if (found.patient_id) now.patient = Repository<Patient>(transaction).find(*found.patient_id);
    switch (found.fault) {
      case SyncFault::user_without_patient:
        return user_without_patient(transaction, now);
      case SyncFault::patient_missing:
        return patient_missing(transaction, now);
      case SyncFault::account_missing:
        return account_missing(transaction, now);
      case SyncFault::link_one_sided:
        return link_one_sided(now);
      case SyncFault::link_contradicts:
        return link_contradicts(transaction, now);
      case SyncFault::id_mismatch:
        return id_mismatch(transaction, now);
      case SyncFault::merged_on_account:
        return merged_on_account(transaction, now);
      case SyncFault::contact_differs:
        return contact_differs(now);
      case SyncFault::contact_of_another:
        break;
    }
    return std::nullopt;
  }

  Remedy linked(std::string action, User user, Patient patient) {
    return {std::move(action), [this, user = std::move(user), patient = std::move(patient)](UnitOfWork& work) mutable {
              link(work, call_, StaffDecision::by_policy(call_), user, patient);
            }};
  }

  std::optional<Remedy> user_without_patient(Transaction& transaction, Records& now) {
    if (!now.user || now.user->patient_id || !now.user->active) return std::nullopt;
    auto same_id = Repository<Patient>(transaction).find(now.user->id);
    if (same_id && !same_id->account_id && same_id->status != PatientStatus::merged)
      return linked("The patient with the account's id is linked with it.", std::move(*now.user), std::move(*same_id));
    return Remedy{.action = "The patient whom the policy's keys find is linked with the account; else one is made.",
                  .makes_patient = true};
  }

  std::optional<Remedy> patient_missing(Transaction& transaction, Records& now) {
    if (!now.user || !now.user->patient_id || now.patient) return std::nullopt;
    auto named = Repository<Patient>(transaction).find(now.user->id);
    if (named && named->account_id == now.user->id && named->status != PatientStatus::merged) {
      now.user->patient_id.reset();
      return linked("The account is linked with the patient that names it.", std::move(*now.user), std::move(*named));
    }
    const bool of_patient = now.user->role == Role::patient && now.user->active;
    return Remedy{of_patient ? "The account lets go of the patient who is not there; another is found or made for it."
                             : "The account lets go of the patient who is not there.",
                  [user = *now.user](UnitOfWork& work) mutable {
                    user.patient_id.reset();
                    user.updated_at = work.now();
                    work.of<User>().update(user);
                  },
                  of_patient};
  }

  std::optional<Remedy> account_missing(Transaction& transaction, Records& now) {
    if (!now.patient || !now.patient->account_id || now.user) return std::nullopt;
    auto& patient = *now.patient;
    patient.account_id.reset();
    if (auto heir = Repository<User>(transaction).first(where(&User::patient_id) == patient.id))
      return linked("The patient is put on the account that names it.", std::move(*heir), std::move(patient));
    return Remedy{"The patient is left without an account.",
                  [patient](UnitOfWork& work) mutable { take_from_account(work, patient); }};
  }

  std::optional<Remedy> link_one_sided(Records& now) {
    if (!now.user || !now.patient) return std::nullopt;
    const bool by_user = now.user->patient_id == now.patient->id && !now.patient->account_id;
    const bool by_patient = now.patient->account_id == now.user->id && !now.user->patient_id;
    if (!by_user && !by_patient) return std::nullopt;
    return linked("The two records name each other.", std::move(*now.user), std::move(*now.patient));
  }

  std::optional<Remedy> link_contradicts(Transaction& transaction, Records& now) {
    if (!now.user || !now.patient || now.user->patient_id != now.patient->id || !now.patient->account_id ||
        now.patient->account_id == now.user->id)
      return std::nullopt;
    if (Repository<User>(transaction).find(*now.patient->account_id))
      return Remedy{"Two accounts have the patient: look whose patient it is, and unlink the other."};
    now.patient->account_id.reset();
    return linked("The patient is put on the account that names it.", std::move(*now.user), std::move(*now.patient));
  }

  std::optional<Remedy> id_mismatch(Transaction& transaction, Records& now) {
    if (!now.user || !now.patient || now.user->role != Role::patient || now.user->patient_id != now.patient->id ||
        now.patient->account_id != now.user->id || now.user->id == now.patient->id)
      return std::nullopt;
    if (Repository<User>(transaction).find(now.patient->id))
      return Remedy{"Another account has the patient's id: look whose patient it is, and unlink the other."};
    return linked("The account takes the patient's id.", std::move(*now.user), std::move(*now.patient));
  }

  std::optional<Remedy> merged_on_account(Transaction& transaction, Records& now) {
    if (!now.patient || now.patient->status != PatientStatus::merged) return std::nullopt;
    const bool own = now.user && now.user->patient_id == now.patient->id;
    if (!own) {
      if (!now.patient->account_id) return std::nullopt;
      return Remedy{"The merged patient is taken from the account.",
                    [merged = *now.patient](UnitOfWork& work) mutable { take_from_account(work, merged); }};
    }
    auto left = survivor(transaction, *now.patient);
    if (!left) return Remedy{"The patient into whom this one was merged is not there: put it back from a backup."};
    if (left->account_id && left->account_id != now.user->id)
      return Remedy{"The survivor has an account of its own: unlink the merged patient (sync.unlink)."};
    return Remedy{"The account gets the survivor.",
                  [this, user = *now.user, merged = *now.patient, left = std::move(*left)](UnitOfWork& work) mutable {
                    if (merged.account_id) take_from_account(work, merged);
                    user.patient_id.reset();
                    link(work, call_, StaffDecision::by_policy(call_), user, left);
                  }};
  }

  static void take_from_account(UnitOfWork& work, Patient& patient) {
    leave_account(patient);
    patient.updated_at = work.now();
    work.of<Patient>().update(patient);
  }

  static std::optional<Patient> survivor(Transaction& transaction, const Patient& merged) {
    constexpr int longest_chain = 100;
    auto next = std::optional(merged);
    for (int links = 0; next && next->status == PatientStatus::merged; ++links) {
      if (!next->merged_into || links == longest_chain) return std::nullopt;
      next = Repository<Patient>(transaction).find(*next->merged_into);
    }
    return next;
  }

  std::optional<Remedy> contact_differs(Records& now) {
    if (!now.user || !now.patient || now.user->role != Role::patient || now.user->patient_id != now.patient->id ||
        now.patient->account_id != now.user->id)
      return std::nullopt;
    if (now.user->email_key == now.patient->email_key && phone_of(*now.user) == phone_of(*now.patient))
      return std::nullopt;
    const bool accounts = request_.contacts_of == ContactsOf::account;
    return Remedy{accounts ? "The patient takes the account's contacts." : "The account takes the patient's contacts.",
                  [this, accounts, user = *now.user, patient = *now.patient](UnitOfWork& work) mutable {
                    align_contacts(work, call_, accounts, user, patient);
                  }};
  }

  /// The report, kept under the call's idempotency key with the repair's own audit row.
  SyncRepaired filed() {
    return call_.write([&](UnitOfWork& work) {
      work.audit({.metadata = json_object({{"repaired", report_.repaired}, {"left", report_.left}})});
      return report_;
    });
  }

  Call& call_;
  const RepairSync& request_;
  SyncRepaired report_;
};

}  // namespace

SyncRepaired repair_sync(Call& call, const RepairSync& request) {
  if (auto answered = call.answered<SyncRepaired>()) return std::move(*answered);
  return Repair(call, request).run();
}

}  // namespace clinic
