#include "../answer_view.hpp"
#include "../opened_clinic.hpp"
#include "../terminal.hpp"
#include "commands.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <iostream>
#include <set>

namespace clinic::cli {
namespace {

namespace fs = std::filesystem;

/// The file of an embedded database, or nothing.
fs::path database_file(const std::string& storage) {
  constexpr std::string_view scheme = "sqlite:";
  if (!storage.starts_with(scheme)) return {};
  auto path = storage.substr(scheme.size(), storage.find('?') - scheme.size());
  if (path.starts_with("///")) path.erase(0, 3);  // sqlite:///clinic.db, as Python's libraries write it
  return path;
}

/// The files beside the database that belong to it: it, its key, its journals.
std::set<std::string> files_of(const fs::path& database) {
  std::set<std::string> files;
  std::error_code ignored;
  const auto folder = database.parent_path().empty() ? fs::path(".") : database.parent_path();
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().filename().string().starts_with(database.filename().string()))
      files.insert((database.parent_path() / entry.path().filename()).string());
  return files;
}

int run(const Globals& globals) {
  const auto file = database_file(configuration(globals).storage);
  const auto before = file.empty() ? std::set<std::string>() : files_of(file);
  return with_session(globals, [&](const Session& session) {
    auto answer = boost::json::parse(session.call("system.version", "{}")).as_object();
    boost::json::array made;
    if (!file.empty())
      for (const auto& name : files_of(file))
        if (!before.contains(name) && !name.ends_with("-wal") && !name.ends_with("-shm")) made.push_back(name.c_str());
    if (globals.json || !output_is_terminal()) {
      answer["made"] = made;
      std::cout << answer << '\n';
      return;
    }
    for (const auto& name : made) {
      const auto path = std::string(name.as_string());
      std::cout << styled("made ", Style::green) << path
                << (path.find("key") != path.npos ? "   the key to its secrets: back it up with the database" : "")
                << '\n';
    }
    if (made.empty()) std::cout << "nothing to make: the database was there\n";
    std::cout << '\n';
    print_answer(answer, {}, std::cout);
  });
}

}  // namespace

void add_init_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("init", "Make the database and its key, or bring the schema forward")->group("Commands");
  actions[command] = [&globals] { return run(globals); };
}

}  // namespace clinic::cli
