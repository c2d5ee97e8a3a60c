#include "domains/system/check.hpp"

namespace clinic {
namespace {

constexpr Check checks[] = {&check_files, &check_messages, &check_notifiers, &check_records, &check_references};
constexpr std::size_t most_shown = 100;

}  // namespace

void Findings::add(CheckProblem problem) {
  checked_.valid = false;
  ++checked_.problem_count;
  if (checked_.problems.size() < most_shown) checked_.problems.push_back(std::move(problem));
}

SystemChecked check(Call& call, const Nothing&) {
  Findings findings;
  for (const auto each : checks)
    each(call, findings);
  return std::move(findings).take();
}

}  // namespace clinic
