#pragma once

/// \file
/// What stands behind an opened clinic: the store, the policy, the key, the clock; and the one way in which operations
/// run.

#include "audit/refusals.hpp"
#include "audit/sealing_thread.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/time_zone.hpp"
#include "crypto/access_tokens.hpp"
#include "crypto/password_hasher.hpp"
#include "crypto/sealer.hpp"
#include "engine/file_modes.hpp"
#include "engine/numbers.hpp"
#include "events/event_log.hpp"
#include "limits/attempts.hpp"
#include "limits/rate_limits.hpp"
#include "messages/error_texts.hpp"
#include "meta/json.hpp"
#include "operations/table.hpp"
#include "outbox/dispatch_thread.hpp"
#include "plugins/loader.hpp"
#include "store/field_protection.hpp"
#include "store/store.hpp"

#include <clinic/configuration.hpp>
#include <clinic/session.hpp>

#include <sys/types.h>

#include <memory>
#include <string>

namespace clinic {

class Engine {
 public:
  Engine(const Configuration& configuration, Environment environment);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// In a child of fork the store is left as it is: its locks may be held by threads that the child does not have, and
  /// SQLite forbids even closing a connection there. The threads that seal and file do not exist in the child.
  ~Engine();

  /// Typed: `request` and `response` are of the operation's own types.
  void run(const Actor& actor, const Operation& operation, const void* request, void* response,
           const CallOptions& options);
  std::string run_json(const Actor& actor, std::string_view operation, std::string_view request,
                       const CallOptions& options);

  /// Who the access token says. Throws Error: token_invalid, token_expired.
  Actor actor_of(std::string_view access_token) const;

  const Policy& policy() const { return policy_; }
  const Aliases& aliases() const { return aliases_; }
  const std::string& profile() const { return profile_; }
  const LoadedPlugin& storage_plugin() const { return plugin_; }
  Store& store() { return *store_; }
  Sealer& sealer() { return *sealer_; }
  const SigningStart& signing_start() const { return signing_start_; }
  /// Seals the data key alone.
  const Sealer& master_sealer() const { return *master_sealer_; }
  const FieldProtection& protection() const { return *protection_; }
  Numbers& numbers() { return *numbers_; }
  const AccessTokens& access_tokens() const { return *access_tokens_; }
  const Attempts& attempts() const { return *attempts_; }
  PasswordHasher& hasher() { return *hasher_; }
  AuditSealing& audit_sealing() { return *sealing_; }
  const Templates& templates() const { return *templates_; }
  /// The error in another language, as far as there are words.
  Error localized(const Error& error, const std::string& language) const {
    return error_texts_->localized(error, language);
  }
  const Notifiers& notifiers() const { return notifiers_; }
  /// The threads that send messages in the background begin to end.
  void stop_dispatching();
  Dispatcher& dispatcher() { return *dispatcher_; }
  /// Messages were committed.
  void messages_written();
  EventLog& events() { return *events_; }
  const Log& log() const { return log_; }
  /// Those of its files that others may read or write, as they are now.
  std::vector<OpenFile> open_files() const { return clinic::open_files(private_files_); }
  const auto& challenge() const { return environment_.challenge; }
  const TimeZone& time_zone() const { return time_zone_; }
  Timestamp now() const;
  void random(std::span<std::byte> bytes) const;
  std::string new_id(Timestamp now) { return ids_.next(now); }
  /// An id that says when, see IdGenerator::next_in_time(). Its generator makes no others: their random parts would
  /// push it ahead of its time, and so behind events of other processes that come later.
  std::string new_event_id() {
    return event_ids_.next_in_time([this] { return now(); });
  }

 private:
  /// Refuses an actor whose login has ended.
  void check_login(Call& call);
  /// Refuses an actor whose role is not in the operation's.
  static void check_role(const Actor& actor, const Operation& operation);
  /// Runs `body`, turns what it throws into an Error, and files refusals and failures in the audit.
  void guarded(const Actor& actor, const Operation& operation, const CallOptions& options,
               FunctionRef<void(Call&)> body);
  /// Logs an error that the operation's row does not list; where rows are checked (CLINIC_CHECK_ROWS), it becomes
  /// `internal`, so that a test fails.
  void check_listed(const Operation& operation, Error& error);
  /// Audits what the answer shows, where that is to be audited.
  void audit_reading(Call& call, const void* response);
  void audit_failure(const Call& call, const Error& error);
  void check_process() const;
  void open_messages(const Configuration& configuration);
  void start_dispatching(const Configuration& configuration);

  Environment environment_;
  IdGenerator ids_, event_ids_;
  Log log_;
  std::string profile_;
  std::vector<PrivateFile> private_files_;
  Policy policy_;
  Aliases aliases_;
  TimeZone time_zone_;
  LoadedPlugin plugin_;
  clinic_plugin_host host_{};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sealer> master_sealer_, sealer_;
  SigningStart signing_start_;
  std::unique_ptr<FieldProtection> protection_;
  std::unique_ptr<Numbers> numbers_;
  std::unique_ptr<AccessTokens> access_tokens_;
  std::unique_ptr<Attempts> attempts_;
  std::unique_ptr<RateLimits> rate_limits_;
  std::unique_ptr<PasswordHasher> hasher_;
  std::unique_ptr<AuditSealing> sealing_;
  std::unique_ptr<Refusals> refusals_;
  std::unique_ptr<EventLog> events_;
  std::unique_ptr<Templates> templates_;
  std::unique_ptr<ErrorTexts> error_texts_;
  Notifiers notifiers_;
  std::unique_ptr<Dispatcher> dispatcher_;
  pid_t process_;
  // The last members, since they use the others.
  std::unique_ptr<SealingThread> sealing_thread_;
  std::vector<std::unique_ptr<DispatchThread>> dispatch_threads_;
};

}  // namespace clinic
