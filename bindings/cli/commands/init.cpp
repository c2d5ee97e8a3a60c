#include "../answer_view.hpp"
#include "../error_view.hpp"
#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../terminal.hpp"
#include "commands.hpp"

#include <clinic/schema.hpp>

#include <boost/json.hpp>

#include <filesystem>
#include <iostream>
#include <set>

namespace clinic::cli {
namespace {

namespace fs = std::filesystem;

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

/// What became of the schema, as a word for programs.
std::string_view schema_word(const SchemaStatus& before) {
  return before.current() ? "present" : before.present == 0 ? "made" : "migrated";
}

void print_for_people(const boost::json::object& answer, const boost::json::array& made, const std::string& key_file,
                      const SchemaStatus& before) {
  for (const auto& name : made) {
    const auto path = std::string(name.as_string());
    std::cout << styled("made ", Style::green) << path
              << (path == key_file ? "   the key to its secrets: back it up with the database" : "") << '\n';
  }
  if (before.present == 0)
    std::cout << styled("made ", Style::green) << "the schema, version " << before.expected << '\n';
  else if (!before.current())
    std::cout << "brought the schema forward from version " << before.present << '\n';
  else if (made.empty())
    std::cout << "nothing to make: the database was there\n";
  std::cout << '\n';
  print_answer(answer, {}, std::cout);
}

int make_clinic(const Globals& globals) {
  const auto chosen = configuration(globals);
  const auto file = database_file(chosen);
  const auto files_before = file ? files_of(*file) : std::set<std::string>();
  SchemaStatus schema_before;
  try {
    refuse_missing_file(chosen, MissingFile::made);
    schema_before = schema_status(chosen);
  } catch (const Error& error) {
    report(error, globals.json);
    return error.retryable() ? try_again : cannot_open;
  }
  return with_session(
      globals,
      [&](const Session& session) {
        auto answer = boost::json::parse(session.call("system.version", "{}")).as_object();
        boost::json::array made;
        if (file)
          for (const auto& name : files_of(*file))
            if (!files_before.contains(name) && !name.ends_with("-wal") && !name.ends_with("-shm"))
              made.push_back(name.c_str());
        if (prints_json(globals)) {
          answer["made"] = made;
          answer["schema"] = schema_word(schema_before);
          std::cout << answer << '\n';
        } else {
          print_for_people(answer, made, file ? file->string() + ".key" : std::string(), schema_before);
        }
        return done;
      },
      MissingFile::made);
}

}  // namespace

void add_init_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("init", "Make the database and its key, or bring the schema forward")->group("Commands");
  actions[command] = [&globals] { return make_clinic(globals); };
}

}  // namespace clinic::cli
