#include "../error_view.hpp"
#include "../exit_codes.hpp"
#include "../terminal.hpp"
#include "../text.hpp"
#include "commands.hpp"

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>
#include <clinic/plugins.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace clinic::cli {
namespace {

namespace json = boost::json;

json::array as_json(const std::vector<PluginReport>& reports) {
  json::array list;
  for (const auto& report : reports)
    list.push_back(json::object{{"path", report.path},
                                {"kind", report.kind},
                                {"name", report.name},
                                {"version", report.version},
                                {"licence", report.licence},
                                {"abi", report.abi},
                                {"usable", report.refusal.empty()},
                                {"refusal", report.refusal}});
  return list;
}

void print_for_people(const std::vector<PluginReport>& reports) {
  if (reports.empty()) {
    std::cout << "none found: name a folder in CLINIC_PLUGIN_PATH, or in plugin_directories of the configuration\n";
    return;
  }
  for (const auto& report : reports) {
    const bool good = report.refusal.empty();
    std::cout << (good ? styled("✓ ", Style::green) : styled("✗ ", Style::red));
    if (!report.name.empty())
      std::cout << styled(harmless(report.kind + " " + report.name), Style::bold) << " " << harmless(report.version)
                << "  " << styled(harmless("ABI " + report.abi + "  " + report.licence), Style::dim) << "\n  ";
    std::cout << harmless(report.path) << '\n';
    if (!good) std::cout << "  " << wrap("refused: " + harmless(report.refusal), terminal_width() - 2, 2) << '\n';
  }
}

int list_plugins(const Globals& globals) {
  std::vector<PluginReport> reports;
  try {
    reports = list_plugins(Configuration::load(globals.config.value_or("")));
  } catch (const Error& error) {
    report(error, globals.json);
    return cannot_open;
  }
  if (prints_json(globals))
    std::cout << json::object{{"plugins", as_json(reports)}} << '\n';
  else
    print_for_people(reports);
  bool all_good = std::all_of(reports.begin(), reports.end(), [](const auto& each) { return each.refusal.empty(); });
  return all_good ? done : refused;
}

}  // namespace

void add_plugins_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("plugins", "List the plugins that would be found, and check them")->group("Commands");
  command->footer("Looks where opening a clinic would look, in the same order. Exit code 1 when one is refused.");
  actions[command] = [&globals] { return list_plugins(globals); };
}

}  // namespace clinic::cli
