#include "support/folders.hpp"

namespace clinic::test {

std::string data_folder() { return CLINIC_TEST_DATA; }
std::string plugin_sources() { return CLINIC_SCHEMA_PLUGINS; }
std::string backup_worker() { return CLINIC_BACKUP_WORKER; }
std::string secret_user() { return CLINIC_SECRET_USER; }
std::string race_worker() { return CLINIC_RACE_WORKER; }
std::string delivery_worker() { return CLINIC_DELIVERY_WORKER; }
std::string plugin_folder() { return CLINIC_PLUGIN_DIR; }
std::string test_plugin_folder() { return CLINIC_TEST_PLUGIN_DIR; }

}  // namespace clinic::test
