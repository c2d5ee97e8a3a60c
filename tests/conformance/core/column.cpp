#include "column.hpp"

#include "library.hpp"
#include "suites.hpp"

#include <sstream>

namespace clinic::conformance {

Column ask(Target target, std::chrono::seconds limit) {
  Column column{std::move(target)};
  const auto& asked = column.target;
  const auto answer = in_isolation(
      [&] {
        const auto& manifest = *load_library(asked).manifest;
        return std::string(manifest.kind) + '\n' + manifest.name + '\n' + manifest.version + '\n' + manifest.licence;
      },
      limit);
  if (answer.status != Status::passed) {
    column.refusal = "expected " + answer.expected + ", found " + answer.found;
    return column;
  }
  std::istringstream lines(answer.found);
  for (auto* text : {&column.kind, &column.name, &column.version, &column.licence})
    std::getline(lines, *text);
  if (column.kind != CLINIC_PLUGIN_STORAGE || !asked.url) return column;
  // One that cannot even be opened is for the checks to judge.
  const auto records = in_isolation([&] { return std::to_string(records_in(asked)); }, limit);
  if (records.status == Status::passed && records.found != "0")
    column.refusal = "expected the URL of an empty database, which the checks fill and erase, found " + records.found +
                     " records in it";
  return column;
}

Outcome judge(const Column& column, const Check& check, std::chrono::seconds limit) {
  const auto& skip = column.target.quirks.skip;
  if (const auto reason = skip.find(check.name); reason != skip.end()) return {Status::skipped, {}, reason->second};
  return in_isolation(
      [&] {
        check.run(column.target);
        return std::string();
      },
      limit);
}

void tidy_up(const Column& column, std::chrono::seconds limit) {
  if (column.kind != CLINIC_PLUGIN_STORAGE || !column.target.url) return;
  in_isolation(
      [&] {
        leave_empty(column.target);
        return std::string();
      },
      limit);
}

}  // namespace clinic::conformance
