#pragma once

/// \file
/// What can be wrong between users and patients (SYNC-10): found in both tables, told in words.

#include "engine/call.hpp"

#include <clinic/services/sync_service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// How many faults an answer lists; it counts them all.
inline constexpr std::size_t most_told = 100;

/// A fault between the two tables, with the ids of the rows that it concerns.
struct FaultFound {
  SyncFault fault{};
  std::optional<std::string> user_id{};
  std::optional<std::string> patient_id{};
};

/// Whether the fault may be meant, so that only people can say whether it is one.
bool may_be_meant(SyncFault fault);

/// The fault in words, for a caller.
SyncProblem problem(FaultFound found);

struct RowsSeen {
  std::int64_t users = 0, patients = 0;
};

/// Calls `found` for each fault, in the order of ids. Reads both tables side by side, a window of ids at a time, each
/// window in one consistent state: so nothing is told that another call is just about to finish. Memory stays bounded.
/// `found` may begin transactions.
RowsSeen each_fault(Call& call, FunctionRef<void(FaultFound)> found);

}  // namespace clinic
