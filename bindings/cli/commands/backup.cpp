#include "../answer_view.hpp"
#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../terminal.hpp"
#include "commands.hpp"

#include <clinic/backup.hpp>

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace clinic::cli {
namespace {

struct Wanted {
  std::string file, key_file;
  bool replace = false, without_key = false, unsigned_backup = false;
};

/// JSON for programs; for a person `words`, and then the same as a table.
template <class Report>
void print(const Report& report, const std::string& words, const Globals& globals) {
  const auto json = to_json(report);
  if (prints_json(globals)) {
    std::cout << json << '\n';
    return;
  }
  std::cout << words << '\n';
  print_answer(boost::json::parse(json), {}, std::cout);
}

/// The SDK speaks of a file that is there; here it can be said which flag replaces it.
BackupReport made(const Wanted& wanted, const Configuration& configuration) {
  try {
    return backup(configuration, wanted.file, {.replace = wanted.replace, .with_key = !wanted.without_key},
                  environment(configuration));
  } catch (const Error& error) {
    auto fields = error.fields();
    if (fields.empty() || fields.front().path != "file" || fields.front().code != "exists") throw;
    fields.front().message += " --force replaces it.";
    throw Error(error.code(), {}, std::move(fields));
  }
}

int back_up(const Wanted& wanted, const Globals& globals) {
  return with_configuration(globals, [&](const Configuration& configuration) {
    refuse_missing_file(configuration);
    const auto report = made(wanted, configuration);
    auto words = styled("made ", Style::green) + report.file + '\n' +
                 (report.key_file ? styled("made ", Style::green) + *report.key_file +
                                        "   the key: keep it, and apart from the backup\n"
                                  : std::string("Without the key: nobody can read what is encrypted in the "
                                                "backup without the master key. Keep that, too.\n"));
    if (!report.has_mac) words += "Without a MAC, since the master key is not here: to restore it takes --unsigned.\n";
    print(report, words, globals);
    return done;
  });
}

int bring_back(const Wanted& wanted, const Globals& globals) {
  return with_configuration(globals, [&](const Configuration& configuration) {
    refuse_missing_file(configuration, MissingFile::made);
    const auto report = restore(configuration, wanted.file,
                                {.key_file = wanted.key_file,
                                 .actor = globals.as.value_or("cli"),
                                 .origin = globals.origin.value_or(""),
                                 .unsigned_backup = wanted.unsigned_backup},
                                environment(configuration));
    auto words = styled("restored ", Style::green) + std::to_string(report.rows) + " rows, and checked them\n";
    if (report.key_file) words += styled("made ", Style::green) + *report.key_file + "   the key to its secrets\n";
    if (!report.has_mac) words += "It has no right MAC: nobody can tell whether somebody changed it.\n";
    if (!report.key_configured)
      words +=
          "The configuration has no master key yet: give it the backup's (master_key, master_key_file), or the "
          "database does not open.\n";
    if (report.anchors_later > 0)
      words += "Of " + std::to_string(report.anchors_later) +
               " seals that were made after the backup the anchors are left: put the anchor file aside and begin a "
               "new one.\n";
    words += "Everyone has to log in again.\n";
    print(report, words, globals);
    return done;
  });
}

}  // namespace

void add_backup_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("backup", "Write the whole database, and its key, into a file")->group("Commands");
  auto wanted = std::make_shared<Wanted>();
  command->add_option("FILE", wanted->file, "The backup to make; its key gets the name FILE.key")->required();
  command->add_flag("--force", wanted->replace, "Replace a backup and a key that are there");
  command->add_flag("--without-key", wanted->without_key, "Leave the key out; then it has to be kept otherwise");
  command->footer(
      "One consistent state, while others go on. The same file restores into SQLite, PostgreSQL and MySQL. "
      "Anyone who has both files can read everything: keep them apart.");
  actions[command] = [wanted, &globals] { return back_up(*wanted, globals); };
}

void add_restore_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command = root.add_subcommand("restore", "Write a backup into a new database, and check it")->group("Commands");
  auto wanted = std::make_shared<Wanted>();
  command->add_option("FILE", wanted->file, "The backup")->required();
  command->add_option("--key-file", wanted->key_file, "Where its key is, if not in FILE.key nor in the configuration")
      ->option_text("PATH");
  command->add_flag("--unsigned", wanted->unsigned_backup,
                    "Take a backup whose MAC is missing or wrong: nothing then shows whether somebody changed it");
  command->footer(
      "The database must have no rows. The whole file and the key are checked before anything is written, and the "
      "database afterwards. Everyone has to log in again.");
  actions[command] = [wanted, &globals] { return bring_back(*wanted, globals); };
}

}  // namespace clinic::cli
