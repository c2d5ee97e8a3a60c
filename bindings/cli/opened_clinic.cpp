#include "opened_clinic.hpp"

#include "error_view.hpp"
#include "exit_codes.hpp"
#include "terminal.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <cstdlib>

namespace clinic::cli {
namespace {

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
  return Actor::system(globals.as.value_or("cli"), role);
}

/// Standard error is for the error alone, which programs read as JSON: the SDK's log joins it only where a person looks
/// on, or where somebody asked for a log.
Environment environment(const Configuration& configuration) {
  const bool asked = std::getenv("CLINIC_LOG_LEVEL") || configuration.log_level != Configuration{}.log_level;
  Environment result;
  if (!asked && !errors_go_to_terminal()) result.log = [](LogLevel, std::string_view) {};
  return result;
}

}  // namespace

Configuration configuration(const Globals& globals) {
  auto result = Configuration::load(globals.config.value_or(""));
  if (globals.storage) result.storage = *globals.storage;
  if (globals.profile) result.profile = *globals.profile;
  if (globals.policy) result.policy = Json{*globals.policy};
  if (result.storage.empty())
    throw UsageError("no database is named: give --storage sqlite:clinic.db, or set CLINIC_STORAGE, or --config FILE");
  return result;
}

CallOptions call_options(const Globals& globals) {
  return {.idempotency_key = globals.idempotency_key.value_or(""), .origin = globals.origin.value_or("")};
}

int with_clinic(const Globals& globals, const std::function<void(const Clinic&)>& use) {
  std::optional<Clinic> clinic;
  try {
    const auto chosen = configuration(globals);
    clinic.emplace(Clinic::open(chosen, environment(chosen)));
  } catch (const Error& error) {
    report(error, globals.json);
    return error.retryable() ? try_again : cannot_open;
  }
  try {
    use(*clinic);
    return done;
  } catch (const Error& error) {
    report(error, globals.json);
    return error.retryable() ? try_again : refused;
  }
}

int with_session(const Globals& globals, const std::function<void(const Session&)>& use) {
  const auto who = actor(globals);
  return with_clinic(globals, [&](const Clinic& clinic) { use(clinic.act_as(who)); });
}

}  // namespace clinic::cli
