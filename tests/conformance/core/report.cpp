#include "report.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <iomanip>

namespace clinic::conformance {

namespace {

const char* word(Status status) {
  static constexpr std::array words{"ok", "FAILED", "skipped", "CRASHED", "HUNG"};
  return words[static_cast<std::size_t>(status)];
}

std::string title(const Column& column) { return column.name + (column.target.grown ? " (grown)" : ""); }

int width(const Column& column) { return static_cast<int>(std::max<std::size_t>(title(column).size(), 8)) + 2; }

}  // namespace

void print_head(std::ostream& out, const Table& table) {
  for (const auto& column : table.columns)
    out << std::left << std::setw(width(column)) << title(column);
  out << table.kind << " checks" << '\n' << std::flush;
}

void print_row(std::ostream& out, const Table& table, const Row& row) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    out << std::left << std::setw(width(table.columns[i])) << word(row.outcomes[i].status);
  out << std::setw(24) << row.check.name << ' ' << row.check.promise << '\n' << std::flush;
}

void print_findings(std::ostream& out, const Table& table) {
  std::array<std::size_t, 3> sums{};  // passed, failed, skipped
  std::chrono::milliseconds took{0};
  std::map<std::pair<std::string, std::string>, std::string> told;  // by column and what was found: in which check
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < row.outcomes.size(); ++i) {
      const auto& outcome = row.outcomes[i];
      took += outcome.took;
      ++sums[outcome.status == Status::passed ? 0 : outcome.status == Status::skipped ? 2 : 1];
      if (outcome.status == Status::passed) continue;
      const auto column = title(table.columns[i]);
      out << '\n' << word(outcome.status) << ": " << column << ", " << row.check.name;
      if (outcome.status == Status::skipped) {
        out << ": " << outcome.found << '\n';
        continue;
      }
      const auto [first, is_new] = told.try_emplace({column, outcome.expected + outcome.found}, row.check.name);
      if (!is_new)
        out << ": as " << first->second << '\n';
      else
        out << "\n  promise:  " << row.check.promise << "\n  expected: " << outcome.expected
            << "\n  found:    " << outcome.found << '\n';
    }
  out << '\n'
      << sums[0] << " passed, " << sums[1] << " failed, " << sums[2] << " skipped, in " << std::fixed
      << std::setprecision(1) << static_cast<double>(took.count()) / 1000 << " s\n"
      << std::flush;
}

std::string as_json(const std::vector<Table>& tables, const std::vector<Column>& refused) {
  // Without the URL: there may be a password in it.
  const auto plugin_of = [](const Column& column) {
    return boost::json::object{{"plugin", column.target.plugin.string()},
                               {"kind", column.kind},
                               {"name", column.name},
                               {"version", column.version},
                               {"licence", column.licence},
                               {"grown", column.target.grown}};
  };
  boost::json::array plugins;
  for (const auto& table : tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      boost::json::array checks;
      for (const auto& row : table.rows) {
        const auto& outcome = row.outcomes[i];
        boost::json::object check{{"check", row.check.name},
                                  {"promise", row.check.promise},
                                  {"result", word(outcome.status)},
                                  {"milliseconds", outcome.took.count()}};
        if (outcome.status == Status::skipped) check["reason"] = outcome.found;
        if (!outcome.good()) check["expected"] = outcome.expected, check["found"] = outcome.found;
        checks.push_back(std::move(check));
      }
      auto plugin = plugin_of(table.columns[i]);
      plugin["checks"] = std::move(checks);
      plugins.push_back(std::move(plugin));
    }
  for (const auto& column : refused) {
    auto plugin = plugin_of(column);
    plugin["refusal"] = column.refusal;
    plugins.push_back(std::move(plugin));
  }
  return boost::json::serialize(plugins);
}

}  // namespace clinic::conformance
