#include "domains/sync/faults.hpp"

#include "domains/people/people.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

namespace clinic {
namespace {

constexpr std::uint64_t window_rows = 2000;

using Text = std::optional<std::string>;

/// The columns of a user that say whose it is.
struct UserRow {
  std::string id;
  Text patient_id, email_key, phone;
  bool of_patient = false, active = false;
};

/// The columns of a patient that say whose account it is on.
struct PatientRow {
  std::string id;
  Text account_id, email_key, phone;
  bool merged = false;
};

std::string_view text(const clinic_value& value) { return {value.as.text.data, value.as.text.size}; }
Text nullable(const clinic_value& value) {
  return value.kind == CLINIC_TEXT ? Text(std::in_place, text(value)) : std::nullopt;
}

/// By what phones are compared, see phone_of.
Text phone(const clinic_value& key, const clinic_value& typed) {
  return nullable(key.kind == CLINIC_TEXT ? key : typed);
}

template <class Row>
struct Columns;

template <>
struct Columns<UserRow> {
  using Record = User;
  static std::vector<std::uint32_t> fields() {
    return {detail::field_index(&User::id),        detail::field_index(&User::role),
            detail::field_index(&User::active),    detail::field_index(&User::patient_id),
            detail::field_index(&User::email_key), detail::field_index(&User::phone_key),
            detail::field_index(&User::phone)};
  }
  static UserRow row(std::span<const clinic_value> values) {
    return {.id = std::string(text(values[0])),
            .patient_id = nullable(values[3]),
            .email_key = nullable(values[4]),
            .phone = phone(values[5], values[6]),
            .of_patient = text(values[1]) == word(Role::patient),
            .active = values[2].as.integer != 0};
  }
};

template <>
struct Columns<PatientRow> {
  using Record = Patient;
  static std::vector<std::uint32_t> fields() {
    return {detail::field_index(&Patient::id),         detail::field_index(&Patient::status),
            detail::field_index(&Patient::account_id), detail::field_index(&Patient::email_key),
            detail::field_index(&Patient::phone_key),  detail::field_index(&Patient::phone)};
  }
  static PatientRow row(std::span<const clinic_value> values) {
    return {.id = std::string(text(values[0])),
            .account_id = nullable(values[2]),
            .email_key = nullable(values[3]),
            .phone = phone(values[4], values[5]),
            .merged = text(values[1]) == word(PatientStatus::merged)};
  }
};

/// Groups of these fields, which are those of one row each where the id is the first of them.
template <class Record>
void each_group(Transaction& transaction, const Criteria<Record>& criteria, std::span<const std::uint32_t> fields,
                std::uint64_t limit, FunctionRef<void(std::span<const clinic_value>)> group) {
  const Query<Record> query(criteria);
  const auto view = query.view();
  transaction.aggregate({sizeof(clinic_aggregate), view.record, view.terms, view.term_count, fields.data(),
                         fields.size(), nullptr, 0, limit},
                        [&](std::span<const clinic_value> values) {
                          group(values);
                          return true;
                        });
}

/// Rows in the order of their ids.
template <class Row>
std::vector<Row> rows(Transaction& transaction, const Criteria<typename Columns<Row>::Record>& criteria,
                      std::uint64_t limit = 0) {
  static const auto fields = Columns<Row>::fields();
  std::vector<Row> found;
  each_group<typename Columns<Row>::Record>(
      transaction, criteria, fields, limit,
      [&](std::span<const clinic_value> values) { found.push_back(Columns<Row>::row(values)); });
  return found;
}

/// As many keys as one statement asks for.
void each_chunk(const std::vector<std::string>& keys, FunctionRef<void(std::span<const std::string>)> ask) {
  constexpr std::size_t most_at_once = 500;
  for (std::size_t begin = 0; begin < keys.size(); begin += most_at_once)
    ask(std::span(keys).subspan(begin, std::min(most_at_once, keys.size() - begin)));
}

/// Rows in the order of their ids, and others that were asked for.
template <class Row>
class Window {
 public:
  using Record = typename Columns<Row>::Record;

  Window(Transaction& transaction, const std::string& after)
      : transaction_(transaction), rows_(clinic::rows<Row>(transaction, where(&Record::id) > after, window_rows)) {}

  /// The id up to which the window reaches; none where it holds all that is left.
  Text end() const { return rows_.size() < window_rows ? std::nullopt : Text(rows_.back().id); }
  /// Leaves rows behind that id to the next window.
  void end_at(const Text& id) {
    while (id && !rows_.empty() && rows_.back().id > *id)
      rows_.pop_back();
  }

  const std::vector<Row>& rows() const { return rows_; }

  /// Asks for a row, which read_wanted reads if it lies outside of the window.
  void want(const Text& id) {
    if (id && !within(*id)) wanted_.push_back(*id);
  }
  void read_wanted() {
    each_chunk(wanted_, [&](std::span<const std::string> ids) {
      for (auto& row : clinic::rows<Row>(transaction_, where(&Record::id).in(ids)))
        elsewhere_.insert_or_assign(row.id, row);
    });
  }

  /// The row with that id, of the window or wanted.
  const Row* find(const Text& id) const {
    if (!id) return nullptr;
    if (const auto* row = within(*id)) return row;
    const auto found = elsewhere_.find(*id);
    return found == elsewhere_.end() ? nullptr : &found->second;
  }

 private:
  /// Mostly the rows are asked for in their order.
  const Row* within(const std::string& id) const {
    if (next_ < rows_.size() && rows_[next_].id == id) return &rows_[next_++];
    const auto at = std::lower_bound(rows_.begin(), rows_.end(), id,
                                     [](const Row& row, const std::string& wanted) { return row.id < wanted; });
    if (at == rows_.end() || at->id != id) return nullptr;
    next_ = static_cast<std::size_t>(at - rows_.begin()) + 1;
    return &*at;
  }

  Transaction& transaction_;
  std::vector<Row> rows_;
  mutable std::size_t next_ = 0;
  std::vector<std::string> wanted_;
  std::unordered_map<std::string, Row> elsewhere_;
};

/// Whether a pair's contacts are not the same. The account of a staff member may have others of its own.
bool contacts_differ(const UserRow& user, const PatientRow& patient) {
  return user.of_patient && (user.email_key != patient.email_key || user.phone != patient.phone);
}

/// What the row of a user says against the patient that it names.
std::optional<SyncFault> fault_of(const UserRow& user, const PatientRow* own) {
  if (!user.patient_id)
    return user.of_patient && user.active ? std::optional(SyncFault::user_without_patient) : std::nullopt;
  if (!own) return SyncFault::patient_missing;
  if (own->merged) return SyncFault::merged_on_account;
  if (!own->account_id) return SyncFault::link_one_sided;
  if (own->account_id != user.id) return SyncFault::link_contradicts;
  if (user.of_patient && user.id != own->id) return SyncFault::id_mismatch;
  if (contacts_differ(user, *own)) return SyncFault::contact_differs;
  return std::nullopt;
}

/// What the row of a patient says against the account that it names. That the account names another patient is none:
/// then this one is a dependent.
std::optional<SyncFault> fault_of(const PatientRow& patient, const UserRow* account) {
  if (!patient.account_id) return std::nullopt;
  if (!account) return SyncFault::account_missing;
  if (patient.merged) return SyncFault::merged_on_account;
  if (!account->patient_id && account->id == patient.id) return SyncFault::link_one_sided;
  return std::nullopt;
}

/// Patients without an account whose email or phone is the login of somebody else's.
class Strangers {
 public:
  Strangers(Transaction& transaction, const Policy& policy) : transaction_(transaction), policy_(policy) {}

  void add(const PatientRow& patient) {
    if (patient.account_id || patient.merged) return;
    for (auto key : policy_.match_keys) {
      if (key == MatchKey::email && patient.email_key) by_email_[*patient.email_key].push_back(patient.id);
      if (key == MatchKey::phone && patient.phone) by_phone_[*patient.phone].push_back(patient.id);
    }
  }

  void tell(FunctionRef<void(FaultFound)> found) {
    tell(by_email_, &User::email_key, found);
    tell(by_phone_, &User::phone_login_key, found);
  }

 private:
  using Patients = std::map<std::string, std::vector<std::string>>;

  void tell(const Patients& patients, std::optional<std::string> User::*key, FunctionRef<void(FaultFound)> found) {
    if (patients.empty()) return;
    std::vector<std::string> keys;
    for (const auto& entry : patients)
      keys.push_back(entry.first);
    const std::array fields{detail::field_index(key), detail::field_index(&User::id)};
    each_chunk(keys, [&](std::span<const std::string> some) {
      each_group<User>(transaction_, where(key).in(some) && where(&User::role) == Role::patient, fields, 0,
                       [&](std::span<const clinic_value> values) {
                         for (const auto& patient : patients.at(std::string(text(values[0]))))
                           found({SyncFault::contact_of_another, std::string(text(values[1])), patient});
                       });
    });
  }

  Transaction& transaction_;
  const Policy& policy_;
  Patients by_email_, by_phone_;
};

/// The faults of a window, and how many rows it had.
struct WindowRead {
  RowsSeen seen;
  Text end;
  std::vector<FaultFound> faults;
};

WindowRead read_window(Call& call, const std::string& after) {
  return call.read([&](Transaction& transaction) {
    WindowRead read;
    Window<UserRow> users(transaction, after);
    Window<PatientRow> patients(transaction, after);
    const auto users_end = users.end(), patients_end = patients.end();
    read.end = users_end && patients_end ? std::min(*users_end, *patients_end) : users_end ? users_end : patients_end;
    users.end_at(read.end);
    patients.end_at(read.end);
    for (const auto& user : users.rows())
      patients.want(user.patient_id);
    for (const auto& patient : patients.rows())
      users.want(patient.account_id);
    users.read_wanted();
    patients.read_wanted();

    Strangers strangers(transaction, call.policy());
    for (const auto& user : users.rows()) {
      auto fault = fault_of(user, patients.find(user.patient_id));
      // Its patient's row tells what the account's does not know.
      if (fault == SyncFault::user_without_patient && patients.find(user.id) &&
          patients.find(user.id)->account_id == user.id)
        fault.reset();
      if (fault) read.faults.push_back({*fault, user.id, user.patient_id});
    }
    for (const auto& patient : patients.rows()) {
      const auto* account = users.find(patient.account_id);
      const auto fault = fault_of(patient, account);
      // Two rows that name each other are told of once.
      const bool told = fault == SyncFault::merged_on_account && account && account->patient_id == patient.id;
      if (fault && !told) read.faults.push_back({*fault, patient.account_id, patient.id});
      strangers.add(patient);
    }
    strangers.tell([&](FaultFound found) { read.faults.push_back(std::move(found)); });
    read.seen = {static_cast<std::int64_t>(users.rows().size()), static_cast<std::int64_t>(patients.rows().size())};
    return read;
  });
}

/// For whoever watches.
std::int64_t rows_of_both(Call& call) {
  if (!call.options().progress) return 0;
  return call.read([](Transaction& transaction) {
    return static_cast<std::int64_t>(Repository<User>(transaction).count() + Repository<Patient>(transaction).count());
  });
}

struct Words {
  SyncFault fault;
  std::string_view message, remedy;
};

constexpr Words words[] = {
    {SyncFault::user_without_patient, "The account of a patient has no patient.",
     "Run sync.run, or repair: both link the patient whom the policy's keys find, or make one."},
    {SyncFault::patient_missing, "The account names a patient who is not there.",
     "Put the patient back from a backup, or repair: a new patient is made for the account."},
    {SyncFault::account_missing, "The patient names an account that is not there.",
     "Put the account back from a backup, or repair: the patient is left without an account."},
    {SyncFault::link_one_sided, "One of the two records names the other, and is not named by it.",
     "Repair: both name each other."},
    {SyncFault::link_contradicts, "The account names a patient who is on another account.",
     "Look whose patient it is. To give it to the account that names it: sync.unlink, then repair."},
    {SyncFault::id_mismatch, "The account of a patient has another id than its patient.",
     "Repair: the account takes the patient's id."},
    {SyncFault::merged_on_account, "A patient who was merged into another is still on an account.",
     "Repair: the account gets the survivor."},
    {SyncFault::contact_differs, "The account and its patient have different emails or phones.",
     "If that is not meant: repair with contacts_of account or patient."},
    {SyncFault::contact_of_another, "A patient without an account has the email or phone of somebody's account.",
     "If both are one person, and the account has no patient of its own: sync.link."},
};

constexpr bool one_for_each_fault() {
  std::size_t i = 0;
  bool right = true;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<SyncFault>>(
      [&](auto enumerator) { right = right && i < std::size(words) && words[i++].fault == enumerator.value; });
  return right && i == std::size(words);
}
static_assert(one_for_each_fault(), "each fault has its words, in the order of the faults");

const Words& words_of(SyncFault fault) { return words[static_cast<std::size_t>(fault)]; }

}  // namespace

bool may_be_meant(SyncFault fault) {
  return fault == SyncFault::contact_differs || fault == SyncFault::contact_of_another;
}

SyncProblem problem(FaultFound found) {
  const auto& [fault, message, remedy] = words_of(found.fault);
  return {found.fault, std::move(found.user_id), std::move(found.patient_id), std::string(message),
          std::string(remedy)};
}

RowsSeen each_fault(Call& call, FunctionRef<void(FaultFound)> found) {
  RowsSeen seen;
  const auto total = rows_of_both(call);
  for (Text after = ""; after;) {
    auto window = read_window(call, *after);
    seen.users += window.seen.users;
    seen.patients += window.seen.patients;
    for (auto& fault : window.faults)
      found(std::move(fault));
    call.tell_progress(seen.users + seen.patients, total);
    after = std::move(window.end);
  }
  return seen;
}

}  // namespace clinic
