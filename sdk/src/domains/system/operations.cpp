#include "base/made_once.hpp"
#include "domains/system/check.hpp"
#include "domains/system/clean_up.hpp"
#include "domains/system/encryption.hpp"
#include "domains/system/metrics.hpp"
#include "engine/call.hpp"
#include "engine/engine.hpp"
#include "engine/make_operation.hpp"

#include <clinic/open.hpp>

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
  out.http_method = row.http.method;
  out.http_path = row.http.path;
  out.http_status = row.http.status;
  for (const auto& route : row.also_at)
    out.also_at.push_back({std::string(route.method), std::string(route.path), Json{std::string(route.with)}});
  for (auto code : row.errors)
    out.errors.emplace_back(info(code).word);
  if (!row.fault_field.empty()) out.fault_field = row.fault_field;
  out.request_schema.text = json_schema(*row.request, SchemaOf::request);
  out.response_schema.text = json_schema(*row.response, SchemaOf::response);
  return out;
}

const Operations& all_operations() {
  return made_once([] {
    Operations made;
    for (const auto& row : operation_table())
      made.operations.push_back(row_info(row));
    return made;
  });
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

template <>
std::vector<Operation> rows_of<SystemService>() {
  const auto anyone = RoleSet::anyone();
  return {
      operation<list_operations>({
          .name = "system.operations",
          .help = "The operation table with schemas",
          .effect = Effect::reads,
          .roles = anyone,
          .http = {"GET", "/operations"},
          .audit = "OPERATIONS_READ",
          .resource = "system",
          .subject = no_record,
      }),
      operation<get_version>({
          .name = "system.version",
          .help = "Versions of the SDK, the plugin line, the schema and the storage plugin",
          .effect = Effect::reads,
          .roles = anyone,
          .http = {"GET", "/version"},
          .audit = "VERSION_READ",
          .resource = "system",
          .subject = no_record,
      }),
      operation<get_health>({
          .name = "system.health",
          .help = "Whether the database answers now",
          .effect = Effect::reads,
          .roles = anyone,
          .http = {"GET", "/health"},
          .audit = "HEALTH_READ",
          .resource = "system",
          .subject = no_record,
      }),
      operation<reencrypt>({
          .name = "system.reencrypt",
          .help = "Store records anew as the policy, the present master key and this version have it",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/system/reencrypt"},
          .audit = "FIELDS_REENCRYPTED",
          .resource = "system",
          .subject = no_record,
          .errors = {ErrorCode::key_wrong},
      }),
      operation<check>({
          .name = "system.check",
          .help = "Whether records can be read whole, and files only by those who may",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/system/check"},
          .audit = "SYSTEM_CHECKED",
          .resource = "system",
          .subject = no_record,
          .fault = told_by<&SystemChecked::valid>,
      }),
      operation<clean_up>({
          .name = "system.clean_up",
          .help = "Remove counted attempts, logins, links, idempotency keys, messages and events that have ended",
          .effect = Effect::writes,
          .roles = {Role::admin},
          .http = {"POST", "/system/clean-up"},
          .audit = "CLEANED_UP",
          .resource = "system",
          .subject = no_record,
      }),
      operation<metrics>({
          .name = "system.metrics",
          .help = "What waits now: password hashes, messages, entries of the audit for their seal",
          .effect = Effect::reads,
          .roles = {Role::admin},
          .http = {"GET", "/system/metrics"},
          .audit = "METRICS_READ",
          .resource = "system",
          .subject = no_record,
      }),
  };
}

}  // namespace clinic
