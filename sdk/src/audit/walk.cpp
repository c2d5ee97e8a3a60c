#include "audit/walk.hpp"

#include "audit/macs.hpp"
#include "audit/readable.hpp"
#include "audit/seals.hpp"

#include <utility>

namespace clinic {
namespace {

constexpr std::uint64_t read_at_once = 1000;
constexpr std::size_t most_unsealed = 100000, most_problems = 100;

}  // namespace

AuditWalk::AuditWalk(Transaction& transaction, const Sealer& sealer, SigningStart signing_start, Anchors anchors,
                     std::int64_t from_seal)
    : transaction_(transaction),
      sealer_(sealer),
      signing_start_(std::move(signing_start)),
      anchors_(std::move(anchors)),
      from_seal_(from_seal),
      expected_(from_seal) {}

AuditVerified AuditWalk::run() {
  for (const auto& where : anchors_.unreadable)
    problem(AuditFault::anchor_unreadable, 0, {}, "No anchor: " + where + ".");
  begin_behind_earlier_seals();
  std::string last = from_seal_ > 1 ? seal_id(from_seal_ - 1) : std::string();
  for (auto seals = seals_behind(transaction_, last); !seals.empty(); seals = seals_behind(transaction_, last)) {
    for (const auto& seal : seals)
      check(seal);
    if (seals.back().id <= last) {
      problem(AuditFault::seal_changed, 0, {}, "A seal has an id of another type than text.");
      break;
    }
    last = seals.back().id;
  }
  check_ends_of_anchors();
  while (read_entries()) {
  }
  check_unreadable();
  check_unsigned();
  for (const auto& [id, entry] : waiting_)
    leave_unsealed(id, entry);
  result_.valid = result_.problem_count == 0;
  if (signing_start_.unsigned_entries > 0) result_.signed_since = signing_start_.began;
  return std::move(result_);
}

std::map<std::string, std::string> AuditWalk::unsealed() const {
  std::map<std::string, std::string> entries;
  for (const auto& [id, entry] : waiting_)
    if (entry.state == State::right) entries.emplace(id, entry.mac);
  return entries;
}

void AuditWalk::begin_behind_earlier_seals() {
  previous_mac_ = "";
  if (from_seal_ == 1) return;
  const auto before = Repository<AuditSeal>(transaction_).find(seal_id(from_seal_ - 1));
  previous_mac_ = before ? std::optional(before->mac) : std::nullopt;
  const auto seals = seals_behind(transaction_, seal_id(from_seal_ - 1));
  if (seals.empty() && !before) {
    end_of_entries_ = true;
    return problem(AuditFault::seal_missing, from_seal_, {}, "The audit ends before this seal.");
  }
  for (const auto id : entries_of(seals.empty() ? *before : seals.front()))
    if (first_id_.empty() || id < first_id_) first_id_ = id;
  // A seal is at least as young as its youngest entry. So the search ends at the first seal that is older than the
  // first id.
  const auto time = time_of_id(first_id_);
  bool more = !first_id_.empty();
  for (auto last = seal_id(from_seal_); more;) {
    const auto page = seals_before(transaction_, last);
    more = !page.empty();
    for (const auto& seal : page) {
      last = seal.id;
      more = more && seal.created_at >= time;
      for (const auto id : entries_of(seal))
        if (id >= first_id_) earlier_.emplace(id);
    }
  }
}

void AuditWalk::check(const AuditSeal& seal) {
  const auto number = number_of(seal);
  if (!number) return problem(AuditFault::seal_changed, 0, {}, "A seal has an id that is no number.");
  ++result_.seals_checked;
  if (*number > expected_) {
    problem(AuditFault::seal_missing, expected_, {},
            *number == expected_ + 1 ? std::string("The seal is missing.")
                                     : "The seals up to " + std::to_string(*number - 1) + " are missing.");
    previous_mac_.reset();
  }
  std::vector<std::string> macs;
  bool whole = true;  // false: the seal's MAC cannot be computed, and the reason was reported
  for (const auto id : entries_of(seal)) {
    auto entry = name(*number, id);
    if (!entry.there)
      problem(AuditFault::entry_missing, *number, std::string(id.substr(0, 64)),
              "The seal names an entry that is not there.");
    else if (!entry.right)
      problem(AuditFault::entry_changed, *number, std::string(id), "The entry is not what was written.");
    whole = whole && entry.there && entry.mac.size() == 64;
    macs.push_back(std::move(entry.mac));
  }
  if (whole && previous_mac_ && mac_of(sealer_, seal, macs, *previous_mac_) != seal.mac)
    problem(AuditFault::seal_changed, *number, {},
            "The seal, its place or the MAC of one of its entries is not what was sealed.");
  check_anchors(seal, *number);
  previous_mac_ = seal.mac;
  expected_ = *number + 1;
}

void AuditWalk::check_anchors(const AuditSeal& seal, std::int64_t number) {
  for (auto anchor = anchors_.by_number.lower_bound({number, {}});
       anchor != anchors_.by_number.end() && anchor->first.first == number; ++anchor) {
    ++result_.anchors_checked;
    if (anchor->first.second != seal.mac)
      problem(AuditFault::anchor_differs, number, {}, "The seal is not the one that was anchored.");
  }
  if (anchors_.whole_until && seal.created_at <= *anchors_.whole_until) to_be_anchored_ = number;
}

void AuditWalk::check_ends_of_anchors() {
  if (const auto lost = anchors_.by_number.lower_bound({expected_, {}}); lost != anchors_.by_number.end())
    problem(AuditFault::anchor_without_seal, lost->first.first, {},
            "The audit ends before this seal, which was anchored; the last anchor is of seal " +
                std::to_string(anchors_.by_number.rbegin()->first.first) + ".");
  const auto newest = anchors_.by_number.empty() ? 0 : anchors_.by_number.rbegin()->first.first;
  if (to_be_anchored_ > newest)
    problem(AuditFault::anchor_missing, to_be_anchored_, {},
            newest == 0 ? std::string("There are no anchors, though this seal should have had one by now.")
                        : "The anchors end with seal " + std::to_string(newest) +
                              ", though this one should have had one by now.");
}

void AuditWalk::check_unreadable() {
  const auto count =
      Repository<AuditEntry>(transaction_).count(where(&AuditEntry::id) >= first_id_ && !readable_entries());
  if (count > 0)
    problem(AuditFault::entry_changed, 0, {},
            "Entries have an outcome that there is not, and cannot be read: " + std::to_string(count) + ".");
}

void AuditWalk::check_unsigned() {
  if (from_seal_ > 1) return;  // the seals before it were not read
  const auto found = unsigned_.count();
  if (signing_start_.left_as_it_was(unsigned_)) return;
  problem(AuditFault::unsigned_changed, 0, {},
          "Of the entries from before signing began, some were changed, taken out or put in: there were " +
              std::to_string(signing_start_.unsigned_entries) + ", there are " + std::to_string(found) + ".");
}

AuditWalk::Named AuditWalk::name(std::int64_t seal, std::string_view id) {
  while (id > cursor_ && read_entries()) {
  }
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return name_behind_cursor(seal, std::string(id));
  Named named{true, found->second.state == State::right, std::move(found->second.mac)};
  waiting_.erase(found);
  return named;
}

/// The entry does not exist, or it was already read for another seal.
AuditWalk::Named AuditWalk::name_behind_cursor(std::int64_t seal, const std::string& id) {
  const auto entry = Repository<AuditEntry>(transaction_).first(where(&AuditEntry::id) == id && readable_entries());
  if (!entry) return {.there = Repository<AuditEntry>(transaction_).count(where(&AuditEntry::id) == id) > 0};
  Named named{true, entry->mac == mac_of(sealer_, *entry), entry->mac.value_or(std::string())};
  // Entries without a MAC never waited. It is unknown whether an entry waited if it is from before the first seal of
  // the walk, or if there were too many waiting entries.
  const bool known = entry->mac && id >= first_id_ && !forgotten_;
  if (known) problem(AuditFault::entry_sealed_twice, seal, id, "A seal before this one names the entry too.");
  return named;
}

bool AuditWalk::read_entries() {
  if (end_of_entries_) return false;
  auto behind = cursor_.empty() ? where(&AuditEntry::id) >= first_id_ : where(&AuditEntry::id) > cursor_;
  std::uint64_t rows = 0;
  bool forward = false;
  const auto query = Query(std::move(behind) && readable_entries()).order_by(&AuditEntry::id).limit(read_at_once);
  Repository<AuditEntry>(transaction_).each(query, [&](AuditEntry& entry) {
    ++rows;
    // Texts come in their order. Values of other types come after them, and could be read as the id of another entry.
    if (entry.id <= cursor_) {
      problem(AuditFault::entry_changed, 0, entry.id, "The entry's id is of another type than text.");
      return true;
    }
    forward = true;
    cursor_ = entry.id;
    wait(entry);
    return true;
  });
  while (waiting_.size() > most_unsealed)
    forget_oldest();
  end_of_entries_ = rows < read_at_once || !forward;
  return rows > 0;
}

void AuditWalk::wait(AuditEntry& entry) {
  const auto state = state_of(entry);
  if (state == State::unsigned_before) return unsigned_.add(entry);
  if (const auto sealed = earlier_.find(entry.id); sealed != earlier_.end()) {
    earlier_.erase(sealed);
    if (state != State::right)
      problem(AuditFault::entry_changed, 0, entry.id,
              "The entry, which an earlier seal names, is not what was written.");
    return;
  }
  waiting_.emplace(std::move(entry.id), Waiting{std::move(entry.mac).value_or(std::string()), state});
}

AuditWalk::State AuditWalk::state_of(const AuditEntry& entry) {
  if (!entry.mac) {
    ++result_.entries_unsigned;
    return signing_start_.must_be_signed(entry.id) ? State::unsigned_late : State::unsigned_before;
  }
  ++result_.entries_checked;
  return *entry.mac == mac_of(sealer_, entry) ? State::right : State::changed;
}

void AuditWalk::forget_oldest() {
  forgotten_ = true;
  leave_unsealed(waiting_.begin()->first, waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
}

void AuditWalk::leave_unsealed(const std::string& id, const Waiting& entry) {
  if (entry.state == State::unsigned_late)
    return problem(AuditFault::entry_unsigned, 0, id, "The entry has no MAC, though signing had begun.");
  ++result_.entries_unsealed;
  if (entry.state == State::changed)
    problem(AuditFault::entry_changed, 0, id, "The entry, which no seal names yet, is not what was written.");
}

void AuditWalk::problem(AuditFault code, std::int64_t seal, std::optional<std::string> entry, std::string message) {
  if (++result_.problem_count > static_cast<std::int64_t>(most_problems)) return;
  result_.problems.push_back({code, seal, std::move(entry), std::move(message)});
}

}  // namespace clinic
