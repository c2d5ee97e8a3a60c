#include "backup/proof.hpp"

#include "audit/seals.hpp"
#include "audit/walk.hpp"
#include "backup/records.hpp"
#include "base/formats.hpp"
#include "base/ids.hpp"
#include "engine/data_key.hpp"
#include "store/pages.hpp"
#include "store/references.hpp"
#include "store/stored_rows.hpp"

#include <chrono>
#include <map>

namespace clinic {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorCode::backup_invalid, "It was restored, but " + what + ". The database is not to be used.");
}

void prove_counts(Transaction& transaction, const std::vector<RowCount>& restored, const OwnRows& made) {
  for (const auto& [name, rows] : restored) {
    const auto wanted = rows + (name == "AuditEntry"    ? made.audit_entries
                                : name == "NumberBlock" ? made.number_blocks
                                                        : 0);
    if (const auto found = transaction.count(all_of(backup_record(name)->index));
        found != static_cast<std::uint64_t>(wanted))
      fail("of " + name + " there are " + std::to_string(found) + " rows instead of " + std::to_string(wanted));
  }
}

/// Those records as they are stored, a page at a time; `look` may read others.
template <class Record>
std::int64_t each_page_of(Transaction& transaction, const Criteria<Record>& criteria,
                          FunctionRef<void(const std::vector<Record>&)> look) {
  return in_pages([&](std::string& last, std::uint64_t most) {
    auto behind = last.empty() ? criteria : criteria && where(&Record::id) > last;
    const auto page = Repository<Record>(transaction)
                          .select_stored(Query<Record>(std::move(behind)).order_by(&Record::id).limit(most));
    look(page);
    if (!page.empty()) last = page.back().id;
    return page.size();
  });
}

/// The records whose ids are in a field of the page's rows.
template <class Record, class Other>
std::map<std::string, Record> named_in(Transaction& transaction, const std::vector<Other>& page,
                                       std::optional<std::string> Other::*field) {
  std::vector<std::string> ids;
  for (const auto& row : page)
    if (row.*field) ids.push_back(*(row.*field));
  std::map<std::string, Record> found;
  for (auto& record : Repository<Record>(transaction).select(Query<Record>(where(&Record::id).in(ids))))
    found.emplace(record.id, std::move(record));
  return found;
}

/// Checks that a user and its patient are one person: each names the other, and a user with role patient has the
/// patient's id.
std::int64_t prove_accounts(Transaction& transaction) {
  return each_page_of<User>(transaction, where(&User::patient_id).is_not_null(), [&](const std::vector<User>& users) {
    const auto patients = named_in<Patient>(transaction, users, &User::patient_id);
    for (const auto& user : users) {
      const auto patient = patients.find(*user.patient_id);
      if (patient == patients.end()) fail("the user " + user.id + " has a patient who is not there");
      if (patient->second.account_id != user.id) fail("the patient of the user " + user.id + " is on another account");
      if (user.role == Role::patient && user.id != *user.patient_id)
        fail("the user " + user.id + " has another id than its patient");
    }
  });
}

/// Whether the account has role patient, is active, and has no patient.
Criteria<User> unlinked() {
  return where(&User::patient_id).is_null() && where(&User::role) == Role::patient && where(&User::active) == true;
}

std::int64_t prove_patients(Transaction& transaction) {
  return each_page_of<Patient>(transaction, {}, [&](const std::vector<Patient>& patients) {
    const auto accounts = named_in<User>(transaction, patients, &Patient::account_id);
    for (const auto& patient : patients) {
      if (!patient.account_id) continue;
      const auto account = accounts.find(*patient.account_id);
      if (account == accounts.end()) fail("the patient " + patient.id + " is on an account that is not there");
      // sync.unlink leaves such an account inactive.
      if (const auto& user = account->second; !user.patient_id && user.role == Role::patient && user.active)
        fail("the patient " + patient.id + " is on the active account of a patient, and that has none");
    }
  });
}

/// What is encrypted in any record can be read.
void prove_readable(Transaction& transaction, const FieldProtection& protection) {
  for (const auto* type : backup_records()) {
    if (!type->sealed_fields) continue;
    each_page(transaction, *type, [&](std::span<const Object> page) {
      for (const auto& row : page) {
        protection.unseal(*type, row.get());
        require_readable(*type, row.get());
      }
    });
  }
}

/// How many rows refer to somebody who is not there. They were so in the backup, and `system.check` names them. Users
/// and patients are not read once more: `prove_accounts` and `prove_patients` refuse those that refer to nobody.
std::int64_t dangling_rows(Transaction& transaction) {
  std::int64_t rows = 0;
  for (const auto* type : backup_records())
    if (type != &type_of<User>() && type != &type_of<Patient>())
      each_dangling(
          transaction, *type, [&](const std::string&, const Reference&) { ++rows; }, [](const std::string&) { throw; });
  return rows;
}

/// Anchors of seals from after the backup prove nothing about it. Seals with anchors from before the backup must be in
/// it.
std::int64_t take_later(Transaction& transaction, Anchors& anchors, Timestamp backed_up_at) {
  constexpr auto slack = std::chrono::minutes(1);  // for the clocks of several hosts

  const auto newest = seals_before(transaction, {});
  const auto last = newest.empty() ? 0 : number_of(newest.front()).value_or(0);
  const auto later = anchors.by_number.lower_bound({last + 1, {}});
  const auto count = static_cast<std::int64_t>(std::distance(later, anchors.by_number.end()));
  for (auto anchor = later; anchor != anchors.by_number.end(); ++anchor)
    if (anchor->second && *anchor->second < backed_up_at - slack)
      fail("the audit ends before seal " + std::to_string(anchor->first.first) + ", which was anchored at " +
           format_timestamp(*anchor->second) + ", before the backup was made");
  anchors.by_number.erase(later, anchors.by_number.end());
  return count;
}

void prove_audit(Transaction& transaction, const Sealer& sealer, const std::optional<SigningStart>& signing,
                 Anchors anchors, RestoreReport& report) {
  report.anchors_later = take_later(transaction, anchors, report.created_at);
  // If the key is from an older version, opening will find the same start.
  const auto start = signing ? *signing : signing_start(transaction, sealer, report.created_at);
  const auto verified = AuditWalk(transaction, sealer, start, std::move(anchors)).run();
  report.entries_checked = verified.entries_checked;
  report.seals_checked = verified.seals_checked;
  report.anchors_checked = verified.anchors_checked;
  if (!verified.valid)
    fail("the audit has " + std::to_string(verified.problem_count) +
         " faults, the first: " + verified.problems.front().message);
}

}  // namespace

void prove(Store& store, const MasterKey& master, Anchors anchors, const OwnRows& made, RestoreReport& report) {
  Transaction transaction(store, Access::read);
  prove_counts(transaction, report.records, made);
  const auto row = stored_data_key(transaction);
  if (!row) fail("it has no key of its own");
  try {
    // The keys as in an opened clinic: the data key, then the master key.
    const auto own = unsealed(*row, Sealer({master}, random_bytes));
    const Sealer sealer({own.key, master}, random_bytes);
    const FieldProtection protection(sealer, true);
    Transaction reading(store, Access::read);
    report.accounts_checked = prove_accounts(reading);
    report.accounts_unlinked = static_cast<std::int64_t>(Repository<User>(reading).count(unlinked()));
    report.patients_checked = prove_patients(reading);
    prove_readable(reading, protection);
    report.dangling_rows = dangling_rows(reading);
    prove_audit(reading, sealer, own.signing, std::move(anchors), report);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::record_damaged)
      throw Error(ErrorCode::backup_invalid, "It was restored, but not everything in it can be read. " +
                                                 error.detail() + " The database is not to be used.");
    if (error.code() != ErrorCode::key_wrong) throw;
    fail("something in it was encrypted with another key, or is damaged");
  }
}

}  // namespace clinic
