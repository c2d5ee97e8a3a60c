#include "opened_clinic.hpp"

#include "error_view.hpp"
#include "exit_codes.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <cstdlib>
#include <filesystem>

namespace clinic::cli {

Actor actor(const Globals& globals) {
  std::optional<Role> role;
  if (globals.as_role) {
    role = from_word<Role>(*globals.as_role);
    if (!role) {
      std::vector<std::string> words;
      for (auto word : describe<Role>().words)
        words.emplace_back(word);
      throw UsageError("--as-role: there is no role '" + *globals.as_role + "', but " + join(words, ", "));
    }
  }
  try {
    return Actor::system(globals.as.value_or("cli"), role);
  } catch (const Error& error) {
    throw UsageError("--as: " + error.detail());
  }
}

const char* token_of_environment() {
  // Not among the arguments: those are for everybody on the machine to see.
  const char* token = std::getenv("CLINIC_TOKEN");
  return token && *token ? token : nullptr;
}

Configuration configuration(const Globals& globals, Runs runs) {
  auto result = Configuration::load(globals.config.value_or(""));
  if (globals.storage) result.storage = *globals.storage;
  if (globals.profile) result.profile = *globals.profile;
  if (globals.policy) result.policy = Json{*globals.policy};
  // Messages go out by `clinic notifications dispatch`, or by a process that stays.
  if (runs == Runs::briefly) result.dispatch_messages = false;
  if (result.storage.empty()) {
    const std::string message = "no database is named: give --storage sqlite:clinic.db, or set CLINIC_STORAGE, or ";
    std::error_code ignored;
    throw UsageError(message + (std::filesystem::exists("clinic.json", ignored)
                                    ? "--config clinic.json, which is here"
                                    : "--config FILE; `clinic init` makes a clinic"));
  }
  return result;
}

/// Standard error is for the error alone, which programs read as JSON: the SDK's log joins it only where a person looks
/// on, or where somebody asked for a log. `clinic serve` is the exception: it stays, and its log is always there.
Environment environment(const Configuration& configuration) {
  const bool asked = std::getenv("CLINIC_LOG_LEVEL") || configuration.log_level != Configuration{}.log_level;
  Environment result;
  if (!asked && !errors_go_to_terminal()) result.log = [](LogLevel, std::string_view) {};
  return result;
}

std::string call(const Session& session, const std::string& operation, const std::string& request,
                 const Globals& globals) {
  CallOptions options{.idempotency_key = globals.idempotency_key.value_or(""),
                      .origin = globals.origin.value_or(""),
                      .language = globals.language.value_or("")};
  ProgressBar bar;
  if (errors_go_to_terminal()) options.progress = [&](std::int64_t done, std::int64_t total) { bar.show(done, total); };
  return session.call(operation, request, options);
}

std::optional<std::filesystem::path> database_file(const Configuration& configuration) {
  constexpr std::string_view scheme = "sqlite:";
  std::string_view path = configuration.storage;
  if (!path.starts_with(scheme)) return std::nullopt;
  path.remove_prefix(scheme.size());
  path = path.substr(0, path.find('?'));
  if (path.starts_with("///")) path.remove_prefix(3);  // sqlite:///clinic.db, as Python's libraries write it
  if (path.empty() || path == ":memory:") return std::nullopt;
  return path;
}

void refuse_missing_file(const Configuration& configuration, MissingFile missing) {
  const auto file = database_file(configuration);
  std::error_code ignored;
  if (!file || std::filesystem::exists(*file, ignored)) return;
  const auto folder = file->parent_path();
  std::string message;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    message = "There is no folder " + folder.string() + ", nor a database in it.";
  else if (missing == MissingFile::refused)
    message = "There is no database " + file->string() + "; `clinic init` makes one.";
  if (!message.empty())
    throw Error(ErrorCode::configuration_invalid, {}, {{"storage", "not_found", std::move(message)}});
}

int with_errors(const Globals& globals, const std::function<int()>& work) {
  try {
    return work();
  } catch (const Error& error) {
    report(error, globals.json);
    if (error.retryable()) return try_again;
    const auto code = error.code();
    const bool about_a_file = code == ErrorCode::validation_failed || code == ErrorCode::backup_invalid ||
                              code == ErrorCode::database_not_empty;
    return about_a_file ? refused : cannot_open;
  }
}

int with_configuration(const Globals& globals, const std::function<int(const Configuration&)>& work) {
  return with_errors(globals, [&] { return work(configuration(globals)); });
}

int with_session(const Globals& globals, const std::function<int(const Session&)>& use, MissingFile missing) {
  const char* token = token_of_environment();
  if (token && (globals.as || globals.as_role))
    throw UsageError("CLINIC_TOKEN says who acts; leave --as and --as-role out");
  const auto who = actor(globals);
  std::optional<Clinic> clinic;
  try {
    const auto chosen = configuration(globals);
    refuse_missing_file(chosen, missing);
    clinic.emplace(Clinic::open(chosen, environment(chosen)));
  } catch (const Error& error) {
    report(error, globals.json);
    return error.retryable() ? try_again : cannot_open;
  }
  try {
    return use(token ? clinic->act_with_token(token) : clinic->act_as(who));
  } catch (const Error& error) {
    report(error, globals.json);
    return error.retryable() ? try_again : refused;
  }
}

}  // namespace clinic::cli
