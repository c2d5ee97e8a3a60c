#include "help_page.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <clinic/configuration.hpp>
#include <clinic/description.hpp>

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace clinic::cli {
namespace {

constexpr std::size_t widest_name = 30;
constexpr std::size_t widest_page = 120;

/// Names on the left, explanations on the right.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::size_t name_width = 0;
  for (const auto& [name, help] : lines)
    if (display_width(name) <= widest_name) name_width = std::max(name_width, display_width(name));
  const auto left = name_width + 4;
  const auto width = std::max<std::size_t>(std::min(terminal_width(), widest_page), left + 24);
  std::string out;
  for (const auto& [name, help] : lines) {
    const bool fits = display_width(name) <= name_width;
    out += "  " + (fits ? pad(name, name_width) + "  " : name + "\n" + std::string(left, ' '));
    out += wrap(help, width - left, left) + "\n";
  }
  return out;
}

std::string heading(const std::string& text) { return "\n" + styled(text + ":", Style::bold) + "\n"; }

std::string option_name(const CLI::Option& option) {
  auto names = split(option.get_name(false, true), ',');
  for (auto& each : names)
    each = each.substr(0, each.find('{'));  // CLI11 says of --no-x what it sets
  auto name = join(names, ", ");
  const auto& text = option.get_option_text();
  return text.empty() ? name : name + " " + text;
}

/// What is to be replaced stands in capitals.
std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string usage(const CLI::App& app, const std::string& name) {
  std::string line = name;
  for (const auto* option : app.get_options()) {
    const auto text = option->get_option_text();
    if (option->get_group() == "Required" && !option->get_positional())
      line += " --" + option->get_lnames().front() + (text.empty() ? "" : " " + text);
    if (option->get_positional()) {
      const auto flag = option->nonpositional() ? "[--" + option->get_lnames().front() + "] " : std::string();
      const auto value = flag + upper(option->get_name(true, false));
      line += " " + (option->get_required() || option->get_group() == "Required" ? value : "[" + value + "]");
    }
  }
  auto subs = app.get_subcommands([](const CLI::App*) { return true; });
  line += subs.empty() ? " [OPTIONS]" : " COMMAND …";
  return wrap(line, std::min(terminal_width(), widest_page) - 7, 7);
}

std::string options(const CLI::App& app) {
  std::string out;
  auto groups = app.get_groups();
  // The flags that every program has, last.
  if (const auto* help = app.get_help_ptr())
    std::stable_partition(groups.begin(), groups.end(), [&](const auto& group) { return group != help->get_group(); });
  for (const auto& group : groups) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto* option : app.get_options())
      if (option->get_group() == group && !group.empty())
        lines.emplace_back(option->nonpositional() ? option_name(*option) : option->get_name(true, false),
                           option->get_description());
    if (!lines.empty()) out += heading(group) + two_columns(lines);
  }
  return out;
}

std::string commands(const CLI::App& app) {
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> groups;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == sub->get_group(); });
    if (group == groups.end()) group = groups.insert(groups.end(), {sub->get_group(), {}});
    group->second.emplace_back(sub->get_name(), sub->get_description());
  }
  std::string out;
  for (const auto& [name, lines] : groups)
    out += heading(name) + two_columns(lines);
  return out;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

/// The variables of a configuration's keys.
void add_keys(const TypeDescription& type, const std::string& prefix, Lines& lines) {
  for (const auto& field : type.fields)
    lines.emplace_back(prefix + upper(std::string(field.name)), field.rule->help);
}

/// All that the tool and the SDK in it look for in the environment.
std::string environment() {
  Lines lines{{"CLINIC_TOKEN", "Access token of the user who acts, instead of --as and --as-role"}};
  add_keys(describe<Configuration>(), "CLINIC_", lines);
  lines.emplace_back("CLINIC_PLUGIN_PATH", "Folders to search for plugins, joined by colons");
  for (const auto& [variable, key, remark] : document_variables())
    if (!key.empty()) lines.emplace_back(variable, "The same as " + std::string(key) + " of the configuration");
  lines.emplace_back("NO_COLOR", "No colours on a terminal, if it is not empty; TERM=dumb does the same");
  lines.emplace_back("TERM", "The kind of terminal");
  lines.emplace_back("COLUMNS", "Width of what is printed where the terminal does not say its own");
  return heading("Environment") + two_columns(lines);
}

/// What `clinic serve` looks for beside it.
std::string environment_of_server() {
  Lines lines;
  add_keys(describe<HttpSettings>(), "CLINIC_HTTP_", lines);
  return heading("Environment") + two_columns(lines);
}

}  // namespace

std::string HelpPage::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const {
  auto out = wrap(app->get_description(), std::min(terminal_width(), widest_page), 0) + "\n\n";
  out += styled("Usage:", Style::bold) + " " + usage(*app, name) + "\n";
  out += commands(*app) + options(*app);
  if (!app->get_parent()) out += environment();
  if (app->get_name() == "serve") out += environment_of_server();
  if (const auto footer = app->get_footer(); !footer.empty()) {
    out += "\n";
    for (const auto& line : split(footer, '\n'))
      out += wrap(line, std::min(terminal_width(), widest_page), 2) + "\n";
  }
  if (app->get_parent()) out += "\nOptions of every command (--storage, --as, --json, …): clinic --help\n";
  return out;
}

}  // namespace clinic::cli
