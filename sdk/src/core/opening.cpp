#include "opening.hpp"

#include "rerun.hpp"
#include "storage_url.hpp"

#include <clinic/error.hpp>

namespace clinic {
namespace {

void log_from_plugin(void* context, std::int32_t level, const char* message, std::size_t size) {
  // The plugin's levels are the first five of ours.
  (*static_cast<const Log*>(context))(static_cast<LogLevel>(level), std::string_view(message, size));
}

}  // namespace

LoadedPlugin load_storage_plugin(const Configuration& configuration) {
  return load_plugin(plugin_paths(configuration), CLINIC_PLUGIN_STORAGE, StorageUrl(configuration.storage).scheme());
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

void refuse_newer(const clinic_schema_status& status) {
  if (status.present > status.expected)
    throw Error(ErrorCode::schema_newer, "The database has schema version " + std::to_string(status.present) +
                                             ", this SDK knows versions up to " + std::to_string(status.expected) +
                                             ".");
}

}  // namespace clinic
