#include "../exit_codes.hpp"
#include "../opened_clinic.hpp"
#include "../setup/configuration_draft.hpp"
#include "../setup/first_administrator.hpp"
#include "../setup/outcome.hpp"
#include "../setup/questions.hpp"
#include "../setup/trial.hpp"
#include "../terminal.hpp"
#include "../usage_error.hpp"
#include "commands.hpp"

#include <clinic/schema.hpp>

#include <boost/json.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>

namespace clinic::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto* usual_file = "clinic.json";

struct InitOptions {
  bool write_config = false, overwrite = false;
  std::optional<std::string> host;
  std::optional<std::int64_t> port;
  NewAdministrator administrator;
};

/// What is made beside the database.
struct Setup {
  Globals globals;  ///< with the file of the configuration
  std::optional<ConfigurationOutcome> configuration{};
  std::optional<NewAdministrator> administrator{};
};

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

/// Makes the database and the administrator, as far as they are not there, and tells of all.
int make_clinic(const Setup& setup) {
  const auto& globals = setup.globals;
  const auto chosen = configuration(globals);
  const auto file = database_file(chosen);
  const auto files_before = file ? files_of(*file) : std::set<std::string>();
  Outcome outcome;
  refuse_missing_file(chosen, MissingFile::made);
  outcome.schema_before = schema_status(chosen);
  outcome.configuration = setup.configuration;
  if (setup.configuration && setup.configuration->state == "made") outcome.made.push_back(setup.configuration->file);
  return with_session(
      globals,
      [&](const Session& session) {
        outcome.version = boost::json::parse(session.call("system.version", "{}")).as_object();
        if (file) {
          outcome.key_file = file->string() + ".key";
          for (const auto& name : files_of(*file))
            if (!files_before.contains(name) && !name.ends_with("-wal") && !name.ends_with("-shm"))
              outcome.made.push_back(name);
        }
        if (setup.administrator)
          outcome.administrator = made_administrator(session, *setup.administrator, globals);
        else if (setup.configuration)
          outcome.administrator = any_administrator(session);
        print_outcome(outcome, prints_json(globals));
        return done;
      },
      MissingFile::made);
}

/// Whoever names a database by --storage or the environment has a configuration, and is asked nothing. Where the file
/// is there, only the administrator is asked for, if there is none.
bool asks(const InitOptions& options, const Globals& globals) {
  return !options.write_config && input_is_terminal() && errors_go_to_terminal() && !globals.storage &&
         Configuration().with_environment().storage.empty();
}

/// What the command line says for the configuration file.
ConfigurationDraft draft_of(const InitOptions& options, const Globals& globals) {
  ConfigurationDraft draft(*globals.config);
  if (globals.storage) draft.set("storage", boost::json::value(*globals.storage));
  if (globals.profile) draft.set("profile", boost::json::value(*globals.profile));
  if (globals.policy) {
    boost::system::error_code failed;
    const auto policy = boost::json::parse(*globals.policy, failed);
    if (failed || !policy.is_object()) throw UsageError("--policy is a JSON object of the policy's keys");
    for (const auto& key : policy.get_object())
      draft.set("policy." + std::string(key.key()), key.value());
  }
  if (options.host) draft.set("http.host", boost::json::value(*options.host));
  if (options.port) draft.set("http.port", *options.port);
  return draft;
}

/// The configuration file as it is to be, with all answers; none where no file is to be written.
std::optional<ConfigurationDraft> prepare_configuration(const InitOptions& options, const Globals& globals,
                                                        bool asking) {
  if (!options.write_config) {
    if (options.host || options.port || options.overwrite)
      throw UsageError("--host, --port and --overwrite go with --write-config");
    std::error_code ignored;
    if (!asking || fs::exists(*globals.config, ignored)) return std::nullopt;
  }
  auto draft = draft_of(options, globals);
  if (asking) ask_settings(draft);
  if (!draft.settled("storage")) draft.set("storage", draft.value("storage"));
  if (!options.overwrite) draft.refuse_change();
  draft.add_secrets();
  return draft;
}

/// Whoever is to be the administrator, with a password where it is needed.
std::optional<NewAdministrator> prepare_administrator(const InitOptions& options, const Configuration& chosen,
                                                      bool asking, const Actor& who) {
  auto wanted = options.administrator;
  if (!wanted.has_login() && wanted.password_from_input)
    throw UsageError("--password-stdin goes with --admin-email or --admin-username");
  const auto clinic = clinic_there(chosen);
  const auto session = clinic ? std::optional(clinic->act_as(who)) : std::nullopt;
  if (wanted.has_login()) {
    if (!session || !administrator_there(*session, wanted)) wanted.ask_password();
    return wanted;
  }
  if (!asking || (session && any_administrator(*session))) return std::nullopt;
  return ask_administrator(chosen, who);
}

/// Asks, and refuses, whatever there is to ask and to refuse. Then it makes the configuration file, before anything is
/// sealed with a key that stands in it.
Setup set_up(const InitOptions& options, const Globals& globals) {
  Setup setup{globals};
  const bool asking = asks(options, globals);
  if (asking || options.write_config) setup.globals.config = globals.config.value_or(usual_file);
  const bool only_the_database = !asking && !options.write_config && !options.administrator.has_login() &&
                                 !options.administrator.password_from_input;
  if (!only_the_database && token_of_environment())
    throw UsageError("CLINIC_TOKEN is from a clinic that is there: leave it out");
  const auto who = actor(globals);
  const auto draft = prepare_configuration(options, setup.globals, asking);
  if (only_the_database) return setup;
  const auto chosen = draft ? draft->seen() : configuration(setup.globals);
  setup.administrator = prepare_administrator(options, chosen, asking, who);
  try_out(chosen, setup.administrator, who);
  if (draft && draft->changed()) try_address(chosen);
  if (draft) {
    setup.configuration = draft->outcome();
    draft->write();
  } else if (asking) {
    setup.configuration = {*setup.globals.config, "present"};
  }
  return setup;
}

}  // namespace

void add_init_command(CLI::App& root, Actions& actions, const Globals& globals) {
  auto* command =
      root.add_subcommand("init",
                          "Make a clinic: database and key, on request configuration and administrator; or bring "
                          "the schema forward")
          ->group("Commands");
  const auto options = std::make_shared<InitOptions>();
  command->add_flag("--write-config", options->write_config,
                    "Write what the command line says, and fresh secrets, to --config FILE (else clinic.json)");
  command->add_flag("--overwrite", options->overwrite,
                    "Change a configuration file that is there; its other keys and its secrets stay");
  command->add_option("--host", options->host, "Address at which `serve` is to listen, for the configuration")
      ->option_text("ADDRESS");
  command->add_option("--port", options->port, "Port at which it is to listen")
      ->option_text("PORT")
      ->check(CLI::Range(0, 65535));
  const auto login = [&](const char* flag, const char* field, const char* placeholder, const char* help) {
    command
        ->add_option(
            flag,
            [options, field](const CLI::results_t& given) {
              options->administrator.request[field] = given.front();
              return true;
            },
            help)
        ->option_text(placeholder);
  };
  login("--admin-email", "email", "EMAIL", "Make the first administrator, who logs in with this email");
  login("--admin-username", "username", "TEXT", "The same, with a username");
  command->add_flag("--password-stdin", options->administrator.password_from_input,
                    "Take the administrator's password from a line of standard input, instead of asking for it");
  command->footer(
      "On a terminal, where neither --storage nor the environment names a database, it asks for everything, and writes "
      "the configuration. Where the configuration is there, it asks for an administrator, if there is none. It may be "
      "run again: what is there stays, and what is missing is made.");
  actions[command] = [&globals, options] {
    return with_errors(globals, [&] { return make_clinic(set_up(*options, globals)); });
  };
}

}  // namespace clinic::cli
