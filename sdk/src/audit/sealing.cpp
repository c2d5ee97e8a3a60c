#include "audit/sealing.hpp"

#include "audit/macs.hpp"
#include "audit/readable.hpp"
#include "audit/seals.hpp"
#include "audit/walk.hpp"
#include "base/fork_gate.hpp"
#include "store/rerun.hpp"

#include <algorithm>
#include <stdexcept>

namespace clinic {
namespace {

using namespace std::chrono_literals;

/// An id is made when its transaction begins, by the clock of its host. So rows are not committed exactly in the order
/// of their ids. Each pass looks for late entries a little before the newest sealed one. Now and then a pass counts
/// rows as far back as the longest transaction; if the count shows late entries, it looks for them. Every process finds
/// its own rows by its own clock. So differences between the clocks of hosts do not matter as long as each process can
/// make its seals.
constexpr auto look_back = 1min, look_far_back = 15min, far_every = 1min;
/// Entries whose ids have a time in the future are sealed when that time has come. A seal as young as they are would
/// make every pass look after it.
constexpr auto most_ahead = 1h;
constexpr std::size_t rows_at_once = 1000, entries_at_once = 20 * most_entries_of_a_seal;

/// The ids in [from, until) that the seals name.
class SealedIds {
 public:
  /// A seal is never older than its entries, nor than the seal before it. So the search can stop at the first seal that
  /// is older than `from`.
  SealedIds(Transaction& transaction, std::vector<AuditSeal> newest, std::string from, std::string until = {})
      : from_(std::move(from)), until_(std::move(until)) {
    while (take(newest))
      newest = seals_before(transaction, seals_.back().id);
    for (const auto& seal : seals_)
      for (const auto id : entries_of(seal))
        if (id >= from_ && (until_.empty() || id < until_)) ids_.push_back(id);
    std::sort(ids_.begin(), ids_.end());
  }
  bool contain(std::string_view id) const { return std::binary_search(ids_.begin(), ids_.end(), id); }
  std::size_t count() const { return ids_.size(); }

 private:
  /// Whether there may be more seals after this page.
  bool take(std::vector<AuditSeal>& page) {
    const auto time = time_of_id(from_);
    for (auto& seal : page) {
      if (seal.created_at < time) return false;
      seals_.push_back(std::move(seal));
    }
    return !page.empty();
  }

  std::string from_, until_;
  std::vector<AuditSeal> seals_;
  std::vector<std::string_view> ids_;  // views into the seals
};

/// Visits the signed entries in [from, until) in the order of ids, a page at a time, until `visit` answers false.
void each_signed(Transaction& transaction, const std::string& from, const std::string& until,
                 FunctionRef<bool(AuditEntry&)> visit) {
  Repository<AuditEntry> entries(transaction);
  auto begin = where(&AuditEntry::id) >= from;
  const auto rest = where(&AuditEntry::id) < until && where(&AuditEntry::mac).is_not_null() && readable_entries();
  for (;;) {
    std::string last;
    std::size_t rows = 0;
    bool stopped = false;
    entries.each(Query(begin && rest).order_by(&AuditEntry::id).limit(rows_at_once), [&](AuditEntry& entry) {
      ++rows;
      last = entry.id;
      return !(stopped = !visit(entry));
    });
    if (stopped || rows < rows_at_once) return;
    begin = where(&AuditEntry::id) > last;
  }
}

}  // namespace

AuditSealing::AuditSealing(Store& store, const Sealer& sealer, const SigningStart& signing_start, const Log& log,
                           AuditAnchors anchors, std::function<Timestamp()> now)
    : store_(store),
      sealer_(sealer),
      signing_start_(signing_start),
      log_(log),
      anchors_(std::move(anchors)),
      now_(std::move(now)) {}

void AuditSealing::Found::behind(const std::vector<AuditSeal>& newest) {
  if (newest.empty()) return;
  const auto number = number_of(newest.front());
  if (!number) throw std::runtime_error("the newest seal is none of ours: audit.verify says more");
  last_number = *number;
  last_mac = newest.front().mac;
  last_created_at = newest.front().created_at;
}

AuditSealed AuditSealing::seal_new(const std::stop_token& stop) {
  if (written_.load(std::memory_order_relaxed) == sealed_.load(std::memory_order_relaxed)) return {};
  const auto time = std::chrono::steady_clock::now();
  const bool far = time - looked_far_back_.load() >= far_every;
  auto made = pass(far ? look_far_back : look_back, stop);
  if (far) looked_far_back_ = time;
  return made;
}

AuditSealed AuditSealing::seal(bool whole_audit) {
  auto made = pass(look_far_back, {});
  while (whole_audit) {
    auto found = find_in_whole_audit();
    if (found.entries.empty() || !make_seals(found, made, {}) || !found.more) break;
  }
  return made;
}

AuditSealed AuditSealing::pass(std::chrono::milliseconds how_far_back, const std::stop_token& stop) {
  AuditSealed made;
  for (;;) {
    const auto written = written_.load(std::memory_order_relaxed);
    auto found = find(how_far_back);
    if (!make_seals(found, made, stop)) return made;
    if (found.more) continue;
    sealed_ = written;
    return made;
  }
}

AuditSealing::Found AuditSealing::find(std::chrono::milliseconds how_far_back) {
  Found found;
  const ForkGate::Work work;
  if (!work) return found;
  Transaction transaction(store_, Access::read);
  auto newest = seals_before(transaction, {});
  found.behind(newest);
  const auto now = now_();
  std::string near, far;
  if (!newest.empty()) {
    Timestamp time{};
    for (const auto& seal : newest)
      for (const auto id : entries_of(seal))
        time = std::max(time, time_of_id(id));
    time = std::min(time, now);
    near = first_id_of(time - look_back);
    far = first_id_of(time - std::max<std::chrono::milliseconds>(how_far_back, look_back));
  }

  auto collect = [&](const SealedIds& sealed, const std::string& from, const std::string& until) {
    each_signed(transaction, from, until, [&](AuditEntry& entry) {
      if (sealed.contain(entry.id)) return true;
      found.more = found.entries.size() == entries_at_once;
      if (!found.more) found.entries.push_back({std::move(entry.id), std::move(*entry.mac)});
      return !found.more;
    });
  };
  if (far < near) {
    const SealedIds sealed(transaction, newest, far, near);
    // The count usually shows that there are no late entries.
    const auto rows =
        Repository<AuditEntry>(transaction).count(where(&AuditEntry::id) >= far && where(&AuditEntry::id) < near);
    if (rows != sealed.count()) collect(sealed, far, near);
  }
  if (!found.more) collect(SealedIds(transaction, std::move(newest), near), near, first_id_of(now + most_ahead));
  return found;
}

AuditSealing::Found AuditSealing::find_in_whole_audit() {
  Found found;
  Transaction transaction(store_, Access::read);
  found.behind(seals_before(transaction, {}));
  AuditWalk walk(transaction, sealer_, signing_start_);
  walk.run();
  const auto ahead = first_id_of(now_() + most_ahead);
  for (const auto& [id, mac] : walk.unsealed()) {
    found.more = found.entries.size() == entries_at_once;
    if (found.more || id >= ahead) break;
    found.entries.push_back({id, mac});
  }
  return found;
}

bool AuditSealing::make_seals(Found& found, AuditSealed& made, const std::stop_token& stop) {
  for (std::size_t begin = 0; begin < found.entries.size(); begin += most_entries_of_a_seal) {
    if (stop.stop_requested()) return false;
    const auto end = std::min(begin + most_entries_of_a_seal, found.entries.size());
    AuditSeal seal;
    seal.id = seal_id(++found.last_number);
    seal.created_at = std::max(now_(), found.last_created_at);
    seal.entry_count = static_cast<std::int64_t>(end - begin);
    std::vector<std::string> macs;
    for (auto i = begin; i < end; ++i) {
      auto& entry = found.entries[i];
      seal.created_at = std::max(seal.created_at, time_of_id(entry.id));
      if (i > begin) seal.entry_ids += ',';
      seal.entry_ids += entry.id;
      macs.push_back(std::move(entry.mac));
    }
    seal.mac = mac_of(sealer_, seal, macs, found.last_mac);
    if (!store(seal)) return false;
    if (!anchors_.add(found.last_number, seal, log_)) ++made.anchors_failed;
    ++made.seals_made;
    made.entries_sealed += seal.entry_count;
    found.last_mac = seal.mac;
    found.last_created_at = seal.created_at;
  }
  return true;
}

bool AuditSealing::store(AuditSeal& seal) {
  const ForkGate::Work work;
  if (!work) return false;
  try {
    Transaction transaction(store_, Access::write);
    Repository<AuditSeal>(transaction).insert(seal);
    transaction.commit();
    return true;
  } catch (const StorageError& failure) {
    // Another process makes seals at this moment.
    if (failure.code() == CLINIC_PLUGIN_UNIQUE_VIOLATION || passing(failure)) return false;
    throw;
  }
}

}  // namespace clinic
