#include "domains/system/check.hpp"
#include "domains/system/clean_up.hpp"
#include "domains/system/encryption.hpp"
#include "engine/call.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"

#include <clinic/clinic.hpp>

#ifndef CLINIC_VERSION
#error "the build defines CLINIC_VERSION"
#endif

namespace clinic {

std::string_view version() noexcept { return CLINIC_VERSION; }

namespace {

OperationInfo row_info(const Operation& row) {
  OperationInfo out;
  out.name = row.name;
  out.help = row.help;
  out.writes = row.effect == Effect::writes;
  if (row.roles.has_anyone()) out.roles.emplace_back("anyone");
  for (auto role : detail::Words<Role>::values)
    if (!row.roles.has_anyone() && row.roles.has(role)) out.roles.emplace_back(word(role));
  for (auto role : detail::Words<Role>::values)
    if (!row.roles.has_anyone() && row.roles.has(role) && row.roles.scope(role) != Scope::any)
      out.scopes.push_back({std::string(word(role)), std::string(word(row.roles.scope(role)))});
  out.http_method = row.http_method;
  out.http_path = row.http_path;
  for (auto code : row.errors)
    out.errors.emplace_back(info(code).word);
  if (!row.fault_field.empty()) out.fault_field = row.fault_field;
  out.request_schema.text = json_schema(*row.request, SchemaOf::request);
  out.response_schema.text = json_schema(*row.response, SchemaOf::response);
  return out;
}

const Operations& all_operations() {
  static const Operations operations = [] {
    Operations made;
    for (const auto& row : operation_table())
      made.operations.push_back(row_info(row));
    return made;
  }();
  return operations;
}

Operations list_operations(Call&, const Nothing&) { return all_operations(); }

VersionInfo get_version(Call& call, const Nothing&) {
  const auto& manifest = *call.engine().storage_plugin().manifest;
  return {
      std::string(version()), std::to_string(CLINIC_PLUGIN_ABI_MAJOR) + "." + std::to_string(CLINIC_PLUGIN_ABI_MINOR),
      schema_version,         call.engine().profile(),
      manifest.name,          manifest.version};
}

Health get_health(Call& call, const Nothing&) { return {call.engine().store().healthy()}; }

}  // namespace

std::string operation_table_json() {
  std::string json;
  write_json(describe<Operations>(), &all_operations(), WriteSecrets::yes, json);
  return json;
}

std::vector<Operation> system_operations() {
  const auto anyone = RoleSet::anyone();
  return {
      operation<list_operations>({"system.operations",
                                  "The operation table with schemas",
                                  Effect::reads,
                                  anyone,
                                  "GET",
                                  "/operations",
                                  "OPERATIONS_READ",
                                  {}}),
      operation<get_version>({"system.version",
                              "Versions of the SDK, the plugin line, the schema and the storage plugin",
                              Effect::reads,
                              anyone,
                              "GET",
                              "/version",
                              "VERSION_READ",
                              {}}),
      operation<get_health>({"system.health",
                             "Whether the database answers now",
                             Effect::reads,
                             anyone,
                             "GET",
                             "/health",
                             "HEALTH_READ",
                             {}}),
      operation<reencrypt>({"system.reencrypt",
                            "Store records anew as the policy, the present master key and this version have it",
                            Effect::writes,
                            {Role::admin},
                            "POST",
                            "/system/reencrypt",
                            "FIELDS_REENCRYPTED",
                            {ErrorCode::key_wrong}}),
      faults_in(&SystemChecked::valid,
                operation<check>({"system.check",
                                  "Whether records can be read whole, and files only by those who may",
                                  Effect::reads,
                                  {Role::admin},
                                  "GET",
                                  "/system/check",
                                  "SYSTEM_CHECKED",
                                  {}})),
      operation<clean_up>({"system.clean_up",
                           "Remove counted attempts, logins, links and idempotency keys that have ended",
                           Effect::writes,
                           {Role::admin},
                           "POST",
                           "/system/clean-up",
                           "CLEANED_UP",
                           {}}),
  };
}

}  // namespace clinic
