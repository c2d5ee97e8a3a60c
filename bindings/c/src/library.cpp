#include "guard.hpp"

#include <clinic/plugins.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace c = clinic::c;

const char* clinic_version() CLINIC_NOEXCEPT { return clinic::version().data(); }

uint32_t clinic_abi_version() CLINIC_NOEXCEPT { return CLINIC_ABI_VERSION; }

size_t clinic_live_objects() CLINIC_NOEXCEPT { return c::Live::count.load(std::memory_order_relaxed); }

int clinic_errors(clinic_buffer** table, clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(table, "table", error, [] {
    boost::json::array rows;
    for (const auto& row : clinic::error_table())
      rows.push_back({{"code", row.word},
                      {"status", row.http_status},
                      {"retryable", row.retryable},
                      {"message", row.message},
                      {"remedy", row.remedy}});
    return c::hand_out(boost::json::serialize(rows));
  });
}

int clinic_operations(clinic_buffer** table, clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(table, "table", error, [] { return c::hand_out(clinic::operation_table_json()); });
}

int clinic_plugins(const char* configuration_json, clinic_buffer** plugins, clinic_error* error) CLINIC_NOEXCEPT {
  return c::guarded(plugins, "plugins", error, [&] {
    const auto configuration =
        configuration_json ? clinic::Configuration::from_json(configuration_json) : clinic::Configuration();
    boost::json::array rows;
    for (const auto& plugin : clinic::list_plugins(configuration))
      rows.push_back({{"path", plugin.path},
                      {"kind", plugin.kind},
                      {"name", plugin.name},
                      {"version", plugin.version},
                      {"licence", plugin.licence},
                      {"abi", plugin.abi},
                      {"refusal", plugin.refusal}});
    return c::hand_out(boost::json::serialize(boost::json::object{{"plugins", std::move(rows)}}));
  });
}
