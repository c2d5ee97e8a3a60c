#include "engine/opening.hpp"

#include "base/ids.hpp"
#include "base/storage_url.hpp"
#include "meta/json.hpp"
#include "store/rerun.hpp"

#include <clinic/error.hpp>

namespace clinic {
namespace {

void log_from_plugin(void* context, std::int32_t level, const char* message, std::size_t size) {
  // The plugin's levels are the first five of ours.
  (*static_cast<const Log*>(context))(static_cast<LogLevel>(level), std::string_view(message, size));
}

}  // namespace

Configuration checked(Configuration configuration) {
  std::vector<FieldError> errors;
  validate(describe<Configuration>(), &configuration, errors);
  // What is wrong with a master key is said where it is read, in one way wherever it came from.
  std::erase_if(errors, [](const FieldError& error) {
    return error.path == "master_key" || error.path.starts_with("previous_master_keys[");
  });
  if (!errors.empty()) throw Error(ErrorCode::configuration_invalid, {}, std::move(errors));
  return configuration;
}

Environment with_defaults(Environment environment) {
  if (!environment.now)
    environment.now = [] {
      return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    };
  if (!environment.random) environment.random = random_bytes;
  return environment;
}

LoadedPlugin load_storage_plugin(const Configuration& configuration) {
  return load_plugin(plugin_paths(configuration, configuration.storage_plugin), CLINIC_PLUGIN_STORAGE,
                     StorageUrl(configuration.storage).scheme());
}

clinic_plugin_host plugin_host(const Log& log) {
  return {sizeof(clinic_plugin_host), const_cast<Log*>(&log), static_cast<std::int32_t>(log.level()), log_from_plugin};
}

void while_opening(FunctionRef<void()> part) {
  for (RerunBudget budget;;) {
    try {
      part();
      return;
    } catch (const StorageError& failure) {
      if (budget.again(failure)) continue;
      switch (failure.code()) {
        case CLINIC_PLUGIN_REFUSED:
          throw Error(ErrorCode::plugin_refused, failure.what());
        case CLINIC_PLUGIN_CONFLICT:
        case CLINIC_PLUGIN_BUSY:
          throw Error(ErrorCode::busy, failure.what());
        default:
          throw Error(ErrorCode::unavailable, failure.what());
      }
    }
  }
}

void with_store(const Configuration& configuration, const Log& log, FunctionRef<void(Store&)> use) {
  const auto plugin = load_storage_plugin(configuration);
  const auto host = plugin_host(log);
  while_opening([&] {
    Store store(storage_table(plugin), host, StorageUrl(configuration.storage).text());
    use(store);
  });
}

void refuse_newer(const clinic_schema_status& status) {
  if (status.present > status.expected)
    throw Error(ErrorCode::schema_newer, "The database has schema version " + std::to_string(status.present) +
                                             ", this SDK knows versions up to " + std::to_string(status.expected) +
                                             ".");
}

}  // namespace clinic
