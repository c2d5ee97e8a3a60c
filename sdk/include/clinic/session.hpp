#pragma once

#include <clinic/actor.hpp>
#include <clinic/description.hpp>
#include <clinic/error.hpp>
#include <clinic/export.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace clinic {

class Engine;

/// What a rate limit of the policy leaves to the caller.
struct RateLimitLeft {
  std::int64_t calls;                 ///< that the limit allows in its time
  std::int64_t remaining;             ///< how many of them are left
  std::chrono::seconds resets_after;  ///< until all are; where the call was refused: until the next one is
};

/// Options of one call.
struct CallOptions {
  /// Idempotency key: the same key with the same request gives the same answer and acts once. At most 255 characters.
  /// Each actor has keys of its own.
  std::string idempotency_key{};
  /// Where the call came from (an address, a channel); the audit records it. At most 200 characters.
  std::string origin{};
  /// The caller's answer to the host's challenge, for Environment::challenge. It is not stored.
  std::string challenge{};
  /// The language of an error's words, a BCP 47 tag: `en`, `ar`, `id`. Codes and paths are the same in every language.
  /// Empty, or a language without words: English.
  std::string language{};
  /// How far a long call has come, in records: of `sync.run`, `sync.check`, `sync.repair` and
  /// `patients.create_accounts`. Called on the caller's thread between two transactions; what it throws ends the call.
  std::function<void(std::int64_t done, std::int64_t total)> progress{};
  /// The host's id of the request, which the audit has in its metadata. At most 100 characters.
  std::string request_id{};
  /// Told before (true) and after (false) the call waits for a password hash, on the caller's thread. A host whose
  /// calls share a bounded number of threads may let another call run meanwhile. It must not throw.
  std::function<void(bool waits)> hashing{};
  /// Told what is left of the limit that counted the call, once, on the caller's thread, before the call acts or is
  /// refused by the limit. Of several limits it is the nearest to its end. No other limit is told: not how often a
  /// password was tried. It must not throw, nor call the clinic.
  std::function<void(const RateLimitLeft& left)> rate_limit{};
};

template <class... Service>
struct ServiceList {};

/// The services, in the order in which their operations are listed everywhere. A new one has its class in
/// clinic/services, its place here and in Session; the rest is in its domain.
using Services = ServiceList<class PatientService, class PatientNoteService, class UserService, class AuthService,
                             class ProfileService, class SyncService, class AppointmentService, class PhoneLineService,
                             class NotificationService, class EventService, class AuditService, class SystemService>;

/// A session of one actor on an opened clinic. It is cheap to copy and thread-safe, and keeps the clinic open.
class CLINIC_API Session {
 public:
  PatientService patients() const;
  PatientNoteService patient_notes() const;
  UserService users() const;
  ProfileService profile() const;
  SyncService sync() const;
  AppointmentService appointments() const;
  PhoneLineService phone_line() const;
  NotificationService notifications() const;
  EventService events() const;
  AuditService audit() const;
  AuthService auth() const;
  SystemService system() const;

  const Actor& actor() const noexcept { return *actor_; }

  /// Calls an operation by name, JSON in and JSON out. Throws Error.
  std::string call(std::string_view operation, std::string_view request_json, const CallOptions& options = {}) const;

  // For EventService: waits until something was committed in this process.
  std::uint64_t changes_seen() const;
  void await_change(std::uint64_t seen, std::chrono::milliseconds at_most) const;

  /// Calls an operation by name with its own structs. The typed services use this function. Throws Error.
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
