#include "domains/sync/sync_run.hpp"

#include "domains/people/linking.hpp"
#include "domains/people/numbering.hpp"

#include <algorithm>

namespace clinic {
namespace {

constexpr std::uint64_t page_size = 200;
constexpr std::size_t most_conflicts_told = 100;
constexpr std::int64_t progress_every = 1000;

class SyncRun {
 public:
  SyncRun(Call& call, const RunSync& request) : call_(call), request_(request) {}

  SyncReport run() {
    if (call_.options().progress) total_ = count_unlinked();
    users();
    if (!report_.next) patients();
    return request_.dry_run ? std::move(report_) : filed();
  }

  SyncOutcome user(const std::string& id) {
    if (request_.dry_run) return user(id, {}).outcome;  // a number would have to be written down
    return with_number(
               call_, [&](const std::string& number) { return user(id, number); },
               [](const Made& made) { return made.number; })
        .outcome;
  }

 private:
  static Criteria<User> unlinked_users() {
    return where(&User::role) == Role::patient && where(&User::patient_id).is_null() && where(&User::active) == true;
  }
  static Criteria<Patient> unlinked_patients() {
    return where(&Patient::account_id).is_null() && where(&Patient::status) != PatientStatus::merged &&
           (where(&Patient::email_key).is_not_null() || where(&Patient::phone_key).is_not_null());
  }

  /// Ids of the next page: a page is read before its records are changed, so memory stays bounded and no cursor is
  /// open.
  template <class Record>
  std::vector<std::string> next_ids(const Criteria<Record>& unlinked, const std::optional<std::string>& after,
                                    std::uint64_t limit) {
    return call_.read([&](Transaction& transaction) {
      auto criteria = after ? unlinked && where(&Record::id) > *after : unlinked;
      std::vector<std::string> ids;
      Repository<Record>(transaction)
          .each(Query(std::move(criteria)).order_by(&Record::id).limit(limit), [&](Record& row) {
            ids.push_back(std::move(row.id));
            return true;
          });
      return ids;
    });
  }

  void users() {
    auto after = request_.after;
    for (;;) {
      auto left = request_.limit ? static_cast<std::uint64_t>(*request_.limit - report_.users_seen) : page_size;
      if (left == 0) {
        report_.next = after;
        return;
      }
      const auto ids = next_ids(unlinked_users(), after, std::min(left, page_size));
      if (ids.empty()) return;
      for (const auto& id : ids) {
        ++report_.users_seen;
        attempt(id, std::nullopt, [&] { return user(id); });
        tell_progress(report_.users_seen, "users");
      }
      after = ids.back();
    }
  }

  /// What is left after the users are patients whose match could not be found from the user's side.
  void patients() {
    std::optional<std::string> after;
    for (;;) {
      const auto ids = next_ids(unlinked_patients(), after, page_size);
      if (ids.empty()) return;
      for (const auto& id : ids) {
        ++report_.patients_seen;
        attempt(std::nullopt, id, [&] { return patient(id); });
        tell_progress(report_.patients_seen, "patients");
      }
      after = ids.back();
    }
  }

  template <class Body>
  void attempt(std::optional<std::string> user_id, std::optional<std::string> patient_id, Body body) {
    auto conflict = [&](const Error& error) {
      ++report_.conflict_count;
      if (report_.conflicts.size() < most_conflicts_told)
        report_.conflicts.push_back({user_id, patient_id ? patient_id : matched_patient_,
                                     std::string(info(error.code()).word),
                                     error.detail().empty() ? error.message() : error.detail()});
    };
    matched_patient_.reset();
    try {
      const auto outcome = body();
      if (outcome == SyncOutcome::patient_created) ++report_.patients_created;
      if (outcome == SyncOutcome::user_linked) ++report_.users_linked;
    } catch (const StorageError& failure) {
      const auto error = to_error(failure);
      if (error.http_status() >= 500) throw;  // the database is away: stop, and continue in another run
      conflict(error);
    } catch (const Error& error) {
      if (error.http_status() >= 500) throw;
      conflict(error);
    }
  }

  struct Made {
    SyncOutcome outcome = SyncOutcome::nothing;
    std::string number;  ///< of the patient that was made
  };

  Made user(const std::string& id, const std::string& number) {
    Made made;
    step([&](UnitOfWork* work, Transaction& transaction) {
      made = {};
      auto user = Repository<User>(transaction).find(id);
      if (!user || user->patient_id || !user->active) return SyncOutcome::nothing;
      auto matching = patients_matching(transaction, call_.policy(), *user);
      if (!matching.empty()) return made.outcome = join(work, *user, matching);
      auto patient = patient_from_user(call_, call_.now(), *user, number);
      made = {SyncOutcome::patient_created, number};
      if (!work) return made.outcome;
      user->patient_id = patient.id;
      user->updated_at = work->now();
      work->of<Patient>().insert(patient);
      work->of<User>().update(*user);
      work->event("patient.registered", patient.id, json_object({{"patient_number", patient.number}}));
      audit(*work, *user, patient, "PATIENT_CREATED");
      return made.outcome;
    });
    return made;
  }

  SyncOutcome patient(const std::string& id) {
    auto outcome = SyncOutcome::nothing;
    step([&](UnitOfWork* work, Transaction& transaction) {
      outcome = SyncOutcome::nothing;
      auto patient = Repository<Patient>(transaction).find(id);
      if (!patient || patient->account_id) return outcome;
      for (auto& user : users_matching(transaction, call_.policy(), *patient)) {
        if (user.patient_id || !user.active) continue;
        // Met from the user's side already: linked in a dry run's mind, or told as a conflict.
        if (!patients_matching(transaction, call_.policy(), user).empty()) continue;
        std::vector<Patient> matching{*patient};
        return outcome = join(work, user, matching);
      }
      return outcome;
    });
    return outcome;
  }

  SyncOutcome join(UnitOfWork* work, User& user, std::vector<Patient>& matching) {
    auto& patient = matching.front();
    matched_patient_ = patient.id;
    if (patient.account_id && patient.account_id != user.id)
      throw Error(ErrorCode::already_linked, "Patient " + patient.number + " is on another account.");
    check_match(call_.policy(), user, patient, matching.size());
    if (work) {
      link(*work, call_, StaffDecision::by_policy(call_), user, patient);
      audit(*work, user, patient, "ACCOUNT_LINKED");
    }
    return SyncOutcome::user_linked;
  }

  void audit(UnitOfWork& work, const User& user, const Patient& patient, std::string_view action) {
    work.audit({.resource_type = "user",
                .resource_id = user.id,
                .patient_id = patient.id,
                .metadata = json_object({{"patient_id", patient.number}}),
                .action = action});
  }

  /// A unit of work, or for a dry run a read. A body that changes nothing ends without a trace.
  template <class Body>
  void step(Body body) {
    if (request_.dry_run) {
      call_.read([&](Transaction& transaction) {
        body(nullptr, transaction);
        return true;
      });
      return;
    }
    call_.step([&](UnitOfWork& work) {
      if (body(&work, work.transaction()) == SyncOutcome::nothing) throw NothingToDo{};
    });
  }

  std::int64_t count_unlinked() {
    return call_.read([](Transaction& transaction) {
      return static_cast<std::int64_t>(Repository<User>(transaction).count(unlinked_users()) +
                                       Repository<Patient>(transaction).count(unlinked_patients()));
    });
  }

  void tell_progress(std::int64_t seen, std::string_view what) {
    call_.tell_progress(report_.users_seen + report_.patients_seen, total_);
    if (seen % progress_every == 0)
      call_.engine().log()(LogLevel::info, "sync.run: " + std::to_string(seen) + " " + std::string(what) + " seen");
  }

  /// The report, kept under the call's idempotency key with the run's own audit row.
  SyncReport filed() {
    return call_.write([&](UnitOfWork& work) {
      work.audit({.metadata = json_object({{"users_seen", report_.users_seen},
                                           {"patients_seen", report_.patients_seen},
                                           {"patients_created", report_.patients_created},
                                           {"users_linked", report_.users_linked},
                                           {"conflicts", report_.conflict_count}})});
      return report_;
    });
  }

  Call& call_;
  const RunSync& request_;
  SyncReport report_;
  std::int64_t total_ = 0;  ///< unlinked records; some that are linked from the other side are not met again
  std::optional<std::string> matched_patient_;  ///< the patient that the user at hand matches
};

}  // namespace

SyncOutcome sync_user(Call& call, const std::string& id, bool dry_run) {
  const RunSync request{.dry_run = dry_run};
  return SyncRun(call, request).user(id);
}

SyncReport run_sync(Call& call, const RunSync& request) {
  if (auto answered = call.answered<SyncReport>()) return std::move(*answered);
  return SyncRun(call, request).run();
}

}  // namespace clinic
