#pragma once

#include <clinic/actor.hpp>
#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/export.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace clinic {

class Engine;

/// What may be said with one call.
struct CallOptions {
  /// The same key with the same request answers the same, and does the thing once. At most 255 characters; the scope is
  /// the actor.
  std::string idempotency_key{};
  /// From where the call came (an address, a channel); goes into the audit. At most 200 characters.
  std::string origin{};
  /// The caller's answer to the host's challenge, for Environment::challenge. Kept nowhere.
  std::string challenge{};
};

template <class... Service>
struct ServiceList {};

/// The services, in the order in which their operations are listed everywhere. A new one has its class in
/// clinic/services, its place here and in Session; the rest is in its domain.
using Services = ServiceList<class PatientService, class UserService, class AuthService, class ProfileService,
                             class SyncService, class AuditService, class SystemService>;

/// A clinic in the hands of one actor. Cheap to copy, thread-safe; keeps the clinic alive.
class CLINIC_API Session {
 public:
  PatientService patients() const;
  UserService users() const;
  ProfileService profile() const;
  SyncService sync() const;
  AuditService audit() const;
  AuthService auth() const;
  SystemService system() const;

  const Actor& actor() const noexcept { return *actor_; }

  /// Any operation by name, JSON in and JSON out. Throws Error.
  std::string call(std::string_view operation, std::string_view request_json, const CallOptions& options = {}) const;

  /// Any operation by name with its own structs; the typed services are made of this. Throws Error.
  template <class Response, class Request>
  Response call(std::string_view operation, const Request& request, const CallOptions& options = {}) const {
    Response response{};
    invoke(operation, describe<Request>(), &request, describe<Response>(), &response, options);
    return response;
  }

 private:
  friend class Clinic;
  Session(std::shared_ptr<Engine> engine, Actor actor);
  void invoke(std::string_view operation, const TypeDescription& request_type, const void* request,
              const TypeDescription& response_type, void* response, const CallOptions& options) const;

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<const Actor> actor_;
};

}  // namespace clinic
