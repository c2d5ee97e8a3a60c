#pragma once

/// \file
/// Seals as they are stored, and what of the ids of entries follows from their being UUIDs of version 7.

#include "store/store.hpp"

#include "records/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

inline constexpr std::size_t most_entries_of_a_seal = 1000;

/// The number in twelve digits, so that the order of ids is that of numbers.
std::string seal_id(std::int64_t number);
/// None where the id is none that the SDK made.
std::optional<std::int64_t> number_of(const AuditSeal& seal);
std::vector<std::string_view> entries_of(const AuditSeal& seal);

/// The seals from a number on, in their order, a few at a time: they are long.
std::vector<AuditSeal> seals_behind(Transaction& transaction, std::string_view id);
/// The same backwards; an empty id: from the newest on.
std::vector<AuditSeal> seals_before(Transaction& transaction, std::string_view id);

/// When the id was made, by the clock of who made it.
Timestamp time_of_id(std::string_view id);
/// All ids made at that time or later are greater.
std::string first_id_of(Timestamp time);

}  // namespace clinic
