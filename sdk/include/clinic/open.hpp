#pragma once

/// \file
/// Opens a clinic. The services have headers of their own (`clinic/services`); `clinic/clinic.hpp` has them all.

#include <clinic/configuration.hpp>
#include <clinic/error.hpp>
#include <clinic/session.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace clinic {

struct LogIn;

/// An opened clinic: a database, a policy, the operations. It is cheap to copy and thread-safe. The database is closed
/// when the last copy and the last session are gone. After fork(2), a child must open a clinic of its own: calls on the
/// parent's answer `closed`.
class CLINIC_API Clinic {
 public:
  /// Opens a clinic, and by default creates or migrates the schema. Throws Error: configuration_invalid,
  /// plugin_not_found, plugin_refused, key_missing, key_wrong, schema_newer, schema_older, unavailable.
  static Clinic open(const Configuration& configuration, Environment environment = {});

  Session act_as(Actor actor) const;
  /// Acts as the user to whom a login gave this access token. Every call checks that the login has not ended. Throws
  /// Error: token_invalid, token_expired.
  Session act_with_token(std::string_view access_token) const;
  /// Logs in and acts as that user; see AuthService::log_in for its errors.
  Session log_in(const LogIn& request, const CallOptions& options = {}) const;
  const Policy& policy() const noexcept;
  /// The error with its words in another language, a BCP 47 tag, as far as there are words; for errors of a host's own.
  Error localized(const Error& error, std::string_view language) const;
  /// Writes a line to the clinic's log (Environment::log), for what a host does beside calls. It must hold no secret
  /// and no personal data.
  void log(LogLevel level, std::string_view line) const;

 private:
  explicit Clinic(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
  std::shared_ptr<Engine> engine_;
};

/// The operation table as JSON, the same as the answer of `system.operations`. Needs no opened clinic.
CLINIC_API std::string operation_table_json();

/// The SDK's version, `0.1.0`.
CLINIC_API std::string_view version() noexcept;

}  // namespace clinic
