#include "audit/seals.hpp"

#include <algorithm>
#include <charconv>

namespace clinic {
namespace {

constexpr std::uint64_t seals_at_once = 16;
constexpr std::size_t digits = 12;

}  // namespace

std::string seal_id(std::int64_t number) {
  auto text = std::to_string(number);
  return std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
}

std::optional<std::int64_t> number_of(const AuditSeal& seal) {
  std::int64_t number = 0;
  const auto* end = seal.id.data() + seal.id.size();
  const auto [stop, error] = std::from_chars(seal.id.data(), end, number);
  if (error != std::errc() || stop != end || number < 1 || seal_id(number) != seal.id) return std::nullopt;
  return number;
}

std::vector<std::string_view> entries_of(const AuditSeal& seal) {
  std::vector<std::string_view> ids;
  const std::string_view text = seal.entry_ids;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    ids.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return ids;
}

std::vector<AuditSeal> seals_behind(Transaction& transaction, std::string_view id) {
  return Repository<AuditSeal>(transaction)
      .select(Query(where(&AuditSeal::id) > id).order_by(&AuditSeal::id).limit(seals_at_once));
}

std::vector<AuditSeal> seals_before(Transaction& transaction, std::string_view id) {
  Criteria<AuditSeal> before;
  if (!id.empty()) before = where(&AuditSeal::id) < id;
  return Repository<AuditSeal>(transaction)
      .select(Query(std::move(before)).order_by(&AuditSeal::id, true).limit(seals_at_once));
}

Timestamp time_of_id(std::string_view id) {
  std::int64_t milliseconds = 0;
  std::string hex;
  for (const char c : id.substr(0, 13))
    if (c != '-') hex += c;
  std::from_chars(hex.data(), hex.data() + hex.size(), milliseconds, 16);
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

std::string first_id_of(Timestamp time) {
  constexpr std::int64_t last = (std::int64_t{1} << 48) - 1;
  auto milliseconds = std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, last);
  std::string hex(12, '0');
  for (auto digit = hex.rbegin(); digit != hex.rend(); ++digit, milliseconds >>= 4)
    *digit = "0123456789abcdef"[milliseconds & 15];
  return hex.insert(8, 1, '-');
}

}  // namespace clinic
