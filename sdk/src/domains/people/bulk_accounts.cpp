/// \file
/// patients.create_accounts (PORTAL-8).

#include "domains/people/registration.hpp"
#include "store/storage_errors.hpp"

namespace clinic {
namespace {

constexpr std::size_t most_patients = 1000;

class BulkAccounts {
 public:
  BulkAccounts(Call& call, const CreateAccounts& request) : call_(call), request_(request) {}

  AccountsCreated run() {
    const auto patients = request_.patients.empty() ? next_page() : request_.patients;
    const auto total = static_cast<std::int64_t>(patients.size());
    for (const auto& patient : patients) {
      if (!keep(attempt(patient))) break;
      call_.tell_progress(static_cast<std::int64_t>(report_.results.size()), total);
    }
    return filed();
  }

 private:
  /// Who has no account and could be reached.
  std::vector<std::string> next_page() {
    return call_.read([&](Transaction& transaction) {
      auto criteria = where(&Patient::account_id).is_null() && where(&Patient::status) == PatientStatus::active &&
                      (where(&Patient::email_key).is_not_null() || where(&Patient::phone_key).is_not_null());
      if (request_.after) criteria = std::move(criteria) && where(&Patient::id) > *request_.after;
      const auto limit = static_cast<std::uint64_t>(request_.limit);
      std::vector<std::string> ids;
      for (auto& patient :
           Repository<Patient>(transaction).select(Query(std::move(criteria)).order_by(&Patient::id).limit(limit)))
        ids.push_back(std::move(patient.id));
      if (ids.size() == limit) report_.next = ids.back();
      return ids;
    });
  }

  AccountResult attempt(const std::string& patient) {
    const auto refused = [&](const Error& error) {
      return AccountResult{patient, AccountOutcome::refused, std::string(info(error.code()).word), sentence_of(error),
                           std::nullopt};
    };
    try {
      return make(patient);
    } catch (const StorageError& failure) {
      const auto error = to_error(failure);
      if (ends_call(error)) throw;
      return refused(error);
    } catch (const Error& error) {
      if (ends_call(error)) throw;
      return refused(error);
    }
  }

  /// Where the database is away, the call ends. It answers what it has done: nobody else has the passwords.
  bool ends_call(const Error& error) {
    broke_off_ = error.http_status() >= 500;
    return broke_off_ && report_.accounts_created == 0;
  }

  AccountResult make(const std::string& patient) {
    AccountResult result{.patient = patient};
    const auto has_one = [&](Transaction& transaction) {
      return find_patient(transaction, patient).account_id.has_value();
    };
    if (call_.read(has_one)) {
      result.outcome = AccountOutcome::skipped;
      return result;
    }
    const auto credentials =
        make_credentials(call_, std::nullopt, request_.delivery.value_or(call_.policy().credential_delivery), {});
    call_.step([&](UnitOfWork& work) {
      auto found = find_patient(work.transaction(), patient);
      // Somebody may have made one at this moment.
      result.outcome = found.account_id ? AccountOutcome::skipped : AccountOutcome::created;
      result.portal_credentials.reset();
      if (found.account_id) throw NothingToDo{};
      result.portal_credentials = store_new_account(work, call_, {}, std::move(found), credentials).portal_credentials;
    });
    return result;
  }

  /// Answers false where the call ends with it.
  bool keep(AccountResult result) {
    ++(result.outcome == AccountOutcome::created   ? report_.accounts_created
       : result.outcome == AccountOutcome::skipped ? report_.accounts_skipped
                                                   : report_.accounts_refused);
    report_.results.push_back(std::move(result));
    if (broke_off_ && request_.patients.empty())
      report_.next = report_.results.size() > 1 ? std::optional(report_.results.rbegin()[1].patient) : request_.after;
    return !broke_off_;
  }

  /// The report, kept under the call's idempotency key with the call's own audit row.
  AccountsCreated filed() {
    if (broke_off_) return std::move(report_);
    return call_.write([&](UnitOfWork& work) {
      work.audit({.metadata = json_object({{"created", report_.accounts_created},
                                           {"skipped", report_.accounts_skipped},
                                           {"refused", report_.accounts_refused}})});
      return report_;
    });
  }

  Call& call_;
  const CreateAccounts& request_;
  AccountsCreated report_;
  bool broke_off_ = false;
};

}  // namespace

AccountsCreated create_accounts(Call& call, const CreateAccounts& request) {
  if (request.patients.size() > most_patients) refuse("patients", "too_long", "At most 1000 patients in one call.");
  if (auto answered = call.answered<AccountsCreated>()) return std::move(*answered);
  return BulkAccounts(call, request).run();
}

}  // namespace clinic
