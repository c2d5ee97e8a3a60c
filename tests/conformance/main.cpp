/// \file
/// clinic-plugin-check: whether plugins keep the promises of the plugin line.

#include "core/report.hpp"
#include "core/suites.hpp"

#include <CLI/CLI.hpp>

#include <clinic/error.hpp>
#include <plugins/search.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <set>
#include <stdexcept>

using namespace clinic::conformance;
namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> plugins{};  ///< paths or names, each with its URL behind it, if it has one
  std::vector<std::string> only{};
  bool list = false, json = false, grown = false;
  int time_limit = 60;
};

/// `sqlite:check.db`; a path has no colon before its first slash.
bool is_url(const std::string& argument) {
  const auto colon = argument.find(':');
  return colon != argument.npos && clinic::is_plugin_name(argument.substr(0, colon)) && !fs::exists(argument);
}

fs::path find_plugin(const std::string& argument) {
  if (argument.find('/') != argument.npos || fs::path(argument).has_extension()) return fs::absolute(argument);
  for (const auto& folder : clinic::search_folders({})) {
    auto path = folder.path / clinic::plugin_file_name(argument);
    if (folder.path.is_absolute() && fs::exists(path)) return path;
  }
  throw std::runtime_error("there is no plugin `" + argument + "` in the search path; name its file");
}

std::vector<Target> targets(const Options& options) {
  std::vector<Target> found;
  for (const auto& argument : options.plugins) {
    if (!is_url(argument)) {
      auto& target = found.emplace_back();
      target.plugin = find_plugin(argument);
      target.quirks = quirks_beside(target.plugin);
      target.grown = options.grown;
    } else if (found.empty() || found.back().url) {
      throw std::runtime_error("a URL stands behind the plugin that it is for");
    } else {
      found.back().url = argument;
    }
  }
  return found;
}

/// A whole name, or the part before the dot: `text` for all of `text.…`.
bool wanted(const std::string& check, const std::vector<std::string>& only) {
  if (only.empty()) return true;
  for (const auto& name : only)
    if (check == name || check.starts_with(name + ".")) return true;
  return false;
}

std::vector<Row> rows_for(const std::string& kind, const std::vector<std::string>& only) {
  std::vector<Row> rows;
  for (auto& check : checks_for(kind))
    if (wanted(check.name, only)) rows.push_back({std::move(check)});
  return rows;
}

int list_checks(const Options& options) {
  for (const char* kind : {CLINIC_PLUGIN_STORAGE, CLINIC_PLUGIN_NOTIFIER, CLINIC_PLUGIN_LIMITER})
    for (const auto& row : rows_for(kind, options.only))
      std::cout << kind << '\t' << row.check.name << '\t' << row.check.promise << '\n';
  return 0;
}

int check(const Options& options) {
  const std::chrono::seconds limit(options.time_limit);
  std::vector<Table> tables;
  std::vector<Column> refused;
  for (auto& target : targets(options)) {
    auto column = ask(std::move(target), limit);
    if (column.refusal.empty()) {
      auto table =
          std::find_if(tables.begin(), tables.end(), [&](const Table& each) { return each.kind == column.kind; });
      if (table == tables.end()) table = tables.insert(table, Table{column.kind, {}, {}});
      table->columns.push_back(std::move(column));
    } else {
      std::cerr << "clinic-plugin-check: " << column.target.plugin.string() << ": " << column.refusal << '\n';
      refused.push_back(std::move(column));
    }
  }
  bool good = refused.empty();
  for (auto& table : tables) {
    table.rows = rows_for(table.kind, options.only);
    if (table.rows.empty()) throw std::runtime_error("no " + table.kind + " check has such a name; see --list");
    if (!options.json) print_head(std::cout, table);
    for (auto& row : table.rows) {
      for (const auto& column : table.columns) {
        row.outcomes.push_back(judge(column, row.check, limit));
        good = good && row.outcomes.back().good();
      }
      if (!options.json) print_row(std::cout, table, row);
    }
    for (const auto& column : table.columns)
      tidy_up(column, limit);
    if (!options.json) print_findings(std::cout, table);
  }
  if (options.json) std::cout << as_json(tables, refused) << '\n';
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  Options options;
  CLI::App app(
      "Checks whether plugins keep the promises of the plugin line, each check in a process of its own.\n"
      "A storage plugin's URL names an EMPTY database: the checks fill it and erase everything in it.",
      "clinic-plugin-check");
  app.add_option("plugins", options.plugins, "Files of plugins, or names (`sqlite`), each with its URL behind it")
      ->type_name("PLUGIN [URL]");
  app.add_option("--only", options.only, "A check (`text.order`) or a group of them (`text`); may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--time-limit", options.time_limit, "Seconds for each check")->check(CLI::PositiveNumber);
  app.add_flag("--grown", options.grown,
               "Show each record with a field more and each struct longer, as a later SDK may");
  app.add_flag("--json", options.json, "Print the results as JSON");
  app.add_flag("--list", options.list, "Print all checks with their promises");
  CLI11_PARSE(app, count, arguments);
  try {
    if (options.list) return list_checks(options);
    if (options.plugins.empty()) {
      std::cerr << app.help();
      return 2;
    }
    return check(options);
  } catch (const std::exception& failure) {
    std::cerr << "clinic-plugin-check: " << failure.what() << '\n';
    return 2;
  }
}
