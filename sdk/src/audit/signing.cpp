#include "audit/signing.hpp"

#include "audit/macs.hpp"
#include "audit/readable.hpp"
#include "audit/seals.hpp"
#include "store/pages.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>

namespace clinic {
namespace {

using namespace std::chrono_literals;

/// Visits the entries, a page at a time, until `visit` returns false.
void each_entry(Transaction& transaction, const Criteria<AuditEntry>& criteria, FunctionRef<bool(AuditEntry&)> visit) {
  const auto readable = criteria && readable_entries();
  in_pages([&](std::string& last, std::uint64_t most) {
    std::uint64_t rows = 0;
    bool stopped = false;
    auto behind = last.empty() ? readable : readable && where(&AuditEntry::id) > last;
    Repository<AuditEntry>(transaction)
        .each(Query<AuditEntry>(std::move(behind)).order_by(&AuditEntry::id).limit(most), [&](AuditEntry& entry) {
          ++rows;
          last = entry.id;
          return !(stopped = !visit(entry));
        });
    return stopped ? 0 : rows;
  });
}

std::optional<Timestamp> oldest_signed(Transaction& transaction, const Sealer& sealer) {
  std::optional<Timestamp> time;
  each_entry(transaction, where(&AuditEntry::mac).is_not_null(), [&](AuditEntry& entry) {
    if (entry.mac == mac_of(sealer, entry)) time = time_of_id(entry.id);
    return !time;
  });
  return time;
}

}  // namespace

void UnsignedEntries::add(const AuditEntry& entry) {
  const auto text = signed_text(entry);
  digest_.add(std::to_string(text.size()) + ':');
  digest_.add(text);
  ++count_;
}

bool SigningStart::must_be_signed(std::string_view id) const {
  return unsigned_entries == 0 || id >= first_id_of(began);
}

bool SigningStart::left_as_it_was(UnsignedEntries& found) const {
  return found.count() == unsigned_entries && found.digest() == digest;
}

SigningStart signing_start(Transaction& transaction, const Sealer& sealer, Timestamp now) {
  const auto began = oldest_signed(transaction, sealer);
  auto criteria = where(&AuditEntry::mac).is_null();
  if (began) criteria = std::move(criteria) && where(&AuditEntry::id) < first_id_of(*began);
  UnsignedEntries found;
  SigningStart start;
  start.began = began.value_or(now);
  each_entry(transaction, criteria, [&](AuditEntry& entry) {
    found.add(entry);
    // The time may be in the future, if another host's clock is ahead.
    if (!began) start.began = std::max(start.began, time_of_id(entry.id) + 1ms);
    return true;
  });
  if (found.count() == 0) return {};
  start.unsigned_entries = found.count();
  start.digest = found.digest();
  return start;
}

EntrySignature signature_of(const Sealer& sealer, const SigningStart& start, const AuditEntry& entry) {
  if (!entry.mac) return start.must_be_signed(entry.id) ? EntrySignature::invalid : EntrySignature::none;
  return *entry.mac == mac_of(sealer, entry) ? EntrySignature::valid : EntrySignature::invalid;
}

std::string text_of(const SigningStart& start) {
  return std::to_string(start.began.time_since_epoch().count()) + ' ' + std::to_string(start.unsigned_entries) + ' ' +
         start.digest;
}

std::optional<SigningStart> read_signing_start(const std::string& text) {
  std::istringstream in(text);
  std::int64_t milliseconds = 0;
  SigningStart start;
  if (!(in >> milliseconds >> start.unsigned_entries >> start.digest)) return std::nullopt;
  start.began = Timestamp(std::chrono::milliseconds(milliseconds));
  return start;
}

}  // namespace clinic
