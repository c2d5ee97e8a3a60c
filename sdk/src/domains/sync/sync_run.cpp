#include "domains/sync/sync_run.hpp"

#include "domains/people/linking.hpp"
#include "domains/people/matching.hpp"
#include "domains/people/numbering.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

namespace clinic {
namespace {

constexpr std::uint64_t page_size = 200;
constexpr std::size_t linked_at_once = 25;
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

  /// The next page: it is read before its records are changed, so memory stays bounded and no cursor is open.
  template <class Record>
  std::vector<Record> next_page(const Criteria<Record>& unlinked, const std::optional<std::string>& after,
                                std::uint64_t limit) {
    return call_.read([&](Transaction& transaction) {
      auto criteria = after ? unlinked && where(&Record::id) > *after : unlinked;
      return Repository<Record>(transaction).select(Query(std::move(criteria)).order_by(&Record::id).limit(limit));
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
      const auto page = next_page(unlinked_users(), after, std::min(left, page_size));
      if (page.empty()) return;
      for (std::size_t i = 0; i < page.size(); i += linked_at_once)
        users(std::span(page).subspan(i, std::min(linked_at_once, page.size() - i)));
      after = page.back().id;
    }
  }

  /// Most users have one match, and nothing stands in the way. Those are linked together, the others one by one.
  void users(std::span<const User> some) {
    const auto linked = link_together(some);
    report_.users_linked += static_cast<std::int64_t>(linked.size());
    for (const auto& seen : some) {
      ++report_.users_seen;
      if (!linked.contains(seen.id)) attempt(seen.id, std::nullopt, [&] { return user(seen.id); });
      tell_progress(report_.users_seen, "users");
    }
  }

  /// What is left after the users are patients whose match could not be found from the user's side.
  void patients() {
    std::optional<std::string> after;
    for (;;) {
      const auto page = next_page(unlinked_patients(), after, page_size);
      if (page.empty()) return;
      const auto matching =
          call_.read([&](Transaction& transaction) { return users_matching(transaction, call_.policy(), page); });
      for (std::size_t i = 0; i < page.size(); ++i) {
        ++report_.patients_seen;
        const auto& id = page[i].id;
        if (!matching[i].empty()) attempt(std::nullopt, id, [&] { return patient(id); });
        tell_progress(report_.patients_seen, "patients");
      }
      after = page.back().id;
    }
  }

  template <class Body>
  void attempt(std::optional<std::string> user_id, std::optional<std::string> patient_id, Body body) {
    matched_patient_.reset();
    auto outcome = SyncOutcome::nothing;
    const auto error = refusal_in([&] { outcome = body(); });
    // Another run may have linked the user since the page was read, and what it made is in this one's way.
    if (error && !(user_id && is_linked(*user_id))) {
      ++report_.conflict_count;
      if (report_.conflicts.size() < most_conflicts_told)
        report_.conflicts.push_back({user_id, patient_id ? patient_id : matched_patient_,
                                     std::string(info(error->code()).word), sentence_of(*error)});
    }
    if (outcome == SyncOutcome::patient_created) ++report_.patients_created;
    if (outcome == SyncOutcome::user_linked) ++report_.users_linked;
  }

  bool is_linked(const std::string& user_id) {
    return call_.read([&](Transaction& transaction) {
      const auto user = Repository<User>(transaction).find(user_id);
      return !user || user->patient_id;
    });
  }

  /// Ids of those users who were linked: of these, all who are clear cases. Nobody where one of them is refused or
  /// fails: alone it is known whose error it is.
  std::set<std::string> link_together(std::span<const User> some) {
    std::set<std::string> linked;
    if (request_.dry_run) return linked;
    std::vector<std::string> ids;
    for (const auto& user : some)
      ids.push_back(user.id);
    const auto link_clear_cases = [&](UnitOfWork& work) {
      linked.clear();
      auto users = work.of<User>().select(Query(unlinked_users() && where(&User::id).in(ids)));
      auto matching = patients_matching(work.transaction(), call_.policy(), users);
      const auto clear = clear_cases(users, matching);
      if (clear.empty()) throw NothingToDo{};
      for (const auto& person : clear)
        linked.insert(person.user->id);
      link(work, call_, StaffDecision::by_policy(call_), clear);
      for (const auto& [user, patient] : clear)
        audit_account(work, *user, *patient, "ACCOUNT_LINKED");
    };
    try {
      call_.step(link_clear_cases);
    } catch (const StorageError&) {
      linked.clear();
    } catch (const Error&) {
      linked.clear();
    }
    return linked;
  }

  /// Those of these users who match one patient, whom no other of them matches, and may be linked with. In the order of
  /// the patients' ids. The id of another's account is free only when that one is linked: whoever would get it goes
  /// alone.
  std::vector<UserAndPatient> clear_cases(std::vector<User>& users, std::vector<std::vector<Patient>>& matching) {
    std::set<std::string> accounts;
    std::map<std::string, int> wanted;
    for (std::size_t i = 0; i < users.size(); ++i) {
      accounts.insert(users[i].id);
      for (const auto& patient : matching[i])
        ++wanted[patient.id];
    }
    std::vector<UserAndPatient> clear;
    for (std::size_t i = 0; i < users.size(); ++i) {
      if (matching[i].size() != 1) continue;
      auto& user = users[i];
      auto& patient = matching[i].front();
      const bool id_free = patient.id == user.id || !accounts.contains(patient.id);
      if (wanted[patient.id] == 1 && id_free && !patient.account_id && may_link(call_.policy(), user, patient))
        clear.push_back({&user, &patient});
    }
    std::ranges::sort(clear, {}, [](const UserAndPatient& person) { return person.patient->id; });
    return clear;
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
      give_patient(*work, patient, *user);
      work->of<User>().update(*user);
      audit_account(*work, *user, patient, "PATIENT_CREATED");
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
      audit_account(*work, user, patient, "ACCOUNT_LINKED");
    }
    return SyncOutcome::user_linked;
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
    if (!call_.options().progress && seen % progress_every == 0)
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
