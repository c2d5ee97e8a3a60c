#include "trial.hpp"

#include "../opened_clinic.hpp"
#include "first_administrator.hpp"

#include <clinic/http.hpp>
#include <clinic/schema.hpp>

#include <boost/json.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace clinic::cli {
namespace {

Environment silent() {
  Environment result;
  result.log = [](LogLevel, std::string_view) {};
  return result;
}

/// Only making a file tells whether one can be made.
void refuse_unwritable_folder(const std::filesystem::path& database) {
  auto name = database.string() + ".XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0)
    throw Error(
        ErrorCode::configuration_invalid, {},
        {{"storage", "not_applicable",
          "No database can be made at " + database.string() + ": " + std::generic_category().message(errno) + "."}});
  ::close(file);
  ::unlink(name.c_str());
}

/// A clinic in memory; none where the plugin for it is not installed, or not allowed.
std::optional<Clinic> in_memory(Configuration configuration) {
  configuration.storage = "sqlite::memory:";
  configuration.storage_plugin.reset();
  configuration.master_key_file.reset();    // opening makes it
  configuration.audit_anchor_file.reset();  // a clinic appends to it
  configuration.dispatch_messages = false;
  try {
    return Clinic::open(configuration, silent());
  } catch (const Error& error) {
    const bool about_sqlite = error.code() == ErrorCode::plugin_not_found || error.code() == ErrorCode::plugin_refused;
    if (about_sqlite) return std::nullopt;
    throw;
  }
}

}  // namespace

std::optional<Clinic> clinic_there(const Configuration& configuration) {
  refuse_missing_file(configuration, MissingFile::made);
  const auto status = schema_status(configuration);
  std::error_code ignored;
  if (const auto file = database_file(configuration); file && !std::filesystem::exists(*file, ignored))
    refuse_unwritable_folder(*file);
  if (status.present < status.expected) return std::nullopt;
  auto quiet = configuration;
  quiet.dispatch_messages = false;
  return Clinic::open(quiet, silent());
}

void try_out(const Configuration& configuration) { in_memory(configuration); }

void try_out(const Configuration& configuration, const std::optional<NewAdministrator>& administrator,
             const Actor& actor) {
  const auto clinic = in_memory(configuration);
  if (!clinic) return;
  const auto session = clinic->act_as(actor);
  if (!administrator)
    any_administrator(session);
  else if (administrator->request.contains("password"))
    session.call("users.create", boost::json::serialize(administrator->request));
}

void try_address(const Configuration& configuration) {
  const auto clinic = in_memory(configuration);
  if (!clinic) return;
  auto settings = configuration.http;
  settings.port = 0;  // the other may be somebody else's for now, or need a right that a service will have
  settings.tls_certificate.reset();
  settings.tls_key.reset();
  try {
    HttpServer(*clinic, settings);
  } catch (const Error& error) {
    const bool refused_by_system = !error.fields().empty() && error.fields().front().path == "http.port";
    if (!refused_by_system) throw;
    throw Error(ErrorCode::configuration_invalid, {},
                {{"http.host", "not_applicable",
                  "`host` is no address of this machine at which a server can listen: " + settings.host + "."}});
  }
}

}  // namespace clinic::cli
