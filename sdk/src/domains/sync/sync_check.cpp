#include "domains/sync/sync_check.hpp"

#include "domains/sync/faults.hpp"

namespace clinic {
SyncChecked check_sync(Call& call, const Nothing&) {
  SyncChecked checked;
  const auto seen = each_fault(call, [&](FaultFound found) {
    const bool meant = may_be_meant(found.fault);
    auto& count = meant ? checked.difference_count : checked.problem_count;
    auto& told = meant ? checked.differences : checked.problems;
    ++count;
    if (told.size() < most_told) told.push_back(problem(std::move(found)));
  });
  checked.users_seen = seen.users;
  checked.patients_seen = seen.patients;
  checked.valid = checked.problem_count == 0;
  return checked;
}

}  // namespace clinic
