#include "base/storage_url.hpp"
#include "crypto/master_key.hpp"
#include "engine/data_key.hpp"
#include "engine/opening.hpp"

#include <clinic/schema.hpp>

#include <filesystem>

namespace clinic {
namespace {

Log silent(const Configuration& configuration) {
  return {configuration.log_level, [](LogLevel, std::string_view) {}};
}

}  // namespace

SchemaStatus schema_status(const Configuration& configuration) {
  SchemaStatus status;
  const auto file = StorageUrl(configuration.storage).database_file();
  if (file && !std::filesystem::exists(*file)) {
    load_storage_plugin(configuration);  // refuses what opening would refuse
    status.expected = record_model().schema_version;
    return status;
  }
  with_store(configuration, silent(configuration), [&](Store& store) {
    const auto found = store.schema_status();
    status = {found.present, found.expected};
  });
  return status;
}

SchemaStatus migrate_schema(const Configuration& configuration, Environment environment) {
  environment = with_defaults(std::move(environment));
  SchemaStatus before;
  const auto log = silent(configuration);
  with_store(configuration, log, [&](Store& store) {
    const auto found = store.schema_status();
    refuse_newer(found);
    before = {found.present, found.expected};
    // A database that is made here is opened later, and then its key must be there.
    if (before.present == 0 && StorageUrl(configuration.storage).database_file())
      master_keys(configuration, false, environment, log);
    const auto masters = before_own_keys(found) ? master_keys(configuration, true, environment, log) : MasterKeys();
    bring_forward(store, found, masters, environment);
  });
  return before;
}

}  // namespace clinic
