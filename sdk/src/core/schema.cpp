#include "ids.hpp"
#include "master_key.hpp"
#include "opening.hpp"
#include "storage_url.hpp"

#include <clinic/schema.hpp>

#include <filesystem>

namespace clinic {
namespace {

/// Opens the store, without a clinic, for as long as `look` runs.
void with_store(const Configuration& configuration, FunctionRef<void(Store&)> look) {
  const auto plugin = load_storage_plugin(configuration);
  const Log log(configuration.log_level, [](LogLevel, std::string_view) {});
  const auto host = plugin_host(log);
  while_opening([&] {
    Store store(storage_table(plugin), host, StorageUrl(configuration.storage).text());
    look(store);
  });
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
  with_store(configuration, [&](Store& store) {
    const auto found = store.schema_status();
    status = {found.present, found.expected};
  });
  return status;
}

SchemaStatus migrate_schema(const Configuration& configuration) {
  SchemaStatus before;
  with_store(configuration, [&](Store& store) {
    const auto found = store.schema_status();
    refuse_newer(found);
    before = {found.present, found.expected};
    // A database that is made here is opened later, and then its key must be there.
    if (before.present == 0 && StorageUrl(configuration.storage).database_file()) {
      Environment environment;
      environment.random = random_bytes;
      master_keys(configuration, false, environment, Log(configuration.log_level, [](LogLevel, std::string_view) {}));
    }
    if (!before.current()) store.migrate();
  });
  return before;
}

}  // namespace clinic
