#pragma once

/// \file
/// Seals as they are stored, and the times in the ids of entries, which are UUIDs of version 7.

#include "records/records.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

inline constexpr std::size_t most_entries_of_a_seal = 1000;

/// The id of a seal: its number in twelve digits, so that ids sort like numbers.
std::string seal_id(std::int64_t number);
/// The number in an id; empty if the SDK did not make the id.
std::optional<std::int64_t> number_of(const AuditSeal& seal);
std::vector<std::string_view> entries_of(const AuditSeal& seal);

/// The seals from a number on, in their order. A few at a time, since they are long.
std::vector<AuditSeal> seals_behind(Transaction& transaction, std::string_view id);
/// The seals before an id, newest first; an empty id: from the newest seal on.
std::vector<AuditSeal> seals_before(Transaction& transaction, std::string_view id);

/// The time at which the id was made, by its maker's clock.
Timestamp time_of_id(std::string_view id);
/// The smallest id of that time: ids made at that time or later are greater.
std::string first_id_of(Timestamp time);

}  // namespace clinic
