#include "engine/engine.hpp"

#include "audit/macs.hpp"
#include "base/formats.hpp"
#include "base/storage_url.hpp"
#include "base/wiping.hpp"
#include "crypto/master_key.hpp"
#include "engine/audit_of_reads.hpp"
#include "engine/call.hpp"
#include "engine/data_key.hpp"
#include "engine/opening.hpp"
#include "engine/profile.hpp"
#include "limits/open_limiter.hpp"
#include "store/storage_errors.hpp"

#include <clinic/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <typeinfo>

namespace clinic {
namespace {

/// Names what went wrong within, for the log and the caller alike: also where what failed is the host's own clock or
/// random source.
std::string new_incident(Engine& engine) {
  try {
    return "Incident " + engine.new_id(engine.now());
  } catch (...) {
    return "Incident without a number";
  }
}

struct Destroy {
  const TypeDescription* type;
  void operator()(void* object) const {
    if (type->holds_secret) wipe_secrets(*type, object);
    type->destroy(object);
  }
};

/// The database's own key, after its schema was brought forward. Where the master keys do not open it, the refusal says
/// where they come from.
OwnKey key_of_database(Store& store, const clinic_schema_status& status, const MasterKeys& masters,
                       const Configuration& configuration, const Environment& environment) {
  try {
    bring_forward(store, status, masters, environment);
    return own_key(store, masters, environment);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::key_wrong) throw;
    throw other_keys(configuration, environment);
  }
}

void check_options(const CallOptions& options) {
  std::vector<FieldError> errors;
  validate_line("idempotency_key", options.idempotency_key, 255, errors);
  validate_line("origin", options.origin, 200, errors);
  validate_line("challenge", options.challenge, 4096, errors);
  validate_line("language", options.language, 35, errors);
  validate_line("request_id", options.request_id, 100, errors);
  if (!errors.empty()) throw Error(ErrorCode::validation_failed, {}, std::move(errors));
}

std::unique_ptr<void, Destroy> made(const TypeDescription& type) { return {type.create(), Destroy{&type}}; }

/// Nothing is logged or audited while a read of the call is open.
class EndOfReading {
 public:
  explicit EndOfReading(Call& call) : call_(call) {}
  ~EndOfReading() { call_.end_reading(); }
  EndOfReading(const EndOfReading&) = delete;
  EndOfReading& operator=(const EndOfReading&) = delete;

 private:
  Call& call_;
};

}  // namespace

Engine::Engine(const Configuration& configuration, Environment environment)
    : environment_(with_defaults(std::move(environment))),
      ids_(environment_.random),
      event_ids_(environment_.random),
      log_(configuration.log_level, environment_.log),
      profile_(configuration.profile),
      private_files_(private_files(configuration, environment_)),
      policy_(load_policy(configuration)),
      aliases_(aliases_of(policy_)),
      time_zone_(policy_.time_zone),
      hasher_(std::make_unique<PasswordHasher>(policy_, environment_.random, log_)),
      process_(::getpid()) {
  refuse_anchor_file_without_folder(configuration);
  plugin_ = load_storage_plugin(configuration);
  host_ = plugin_host(log_);
  while_opening([&] {
    store_ = std::make_unique<Store>(storage_table(plugin_), host_, StorageUrl(configuration.storage).text());
    const auto status = store_->schema_status();
    refuse_newer(status);
    const auto masters = master_keys(configuration, status.present > 0, environment_, log_);
    master_sealer_ = std::make_unique<Sealer>(masters, environment_.random);
    if (status.present != status.expected && !configuration.migrate)
      throw Error(ErrorCode::schema_older, "The database has schema version " + std::to_string(status.present) +
                                               ", this SDK needs " + std::to_string(status.expected) + ".");
    const auto own = key_of_database(*store_, status, masters, configuration, environment_);
    signing_start_ = *own.signing;
    // Behind the data key the master keys: versions before 0.2 sealed with those.
    MasterKeys keys{own.key};
    keys.insert(keys.end(), masters.begin(), masters.end());
    sealer_ = std::make_unique<Sealer>(std::move(keys), environment_.random);
  });
  warn_of_open_files(private_files_, log_);
  protection_ = std::make_unique<FieldProtection>(*sealer_, policy_.encrypt_medical_fields, &log_);
  store_->protect(*protection_);
  numbers_ = std::make_unique<Numbers>(*store_, policy_);
  access_tokens_ =
      std::make_unique<AccessTokens>(configuration, *sealer_, std::chrono::seconds(policy_.clock_skew_seconds));
  attempts_ = std::make_unique<Attempts>(*store_, *sealer_, policy_);
  rate_limits_ = std::make_unique<RateLimits>(
      policy_, open_limiter(configuration, host_, log_, [this] { return now(); }), *sealer_);
  sealing_ = std::make_unique<AuditSealing>(*store_, *sealer_, signing_start_, log_,
                                            AuditAnchors(configuration.audit_anchor_file, environment_.audit_anchor),
                                            environment_.now);
  refusals_ = std::make_unique<Refusals>(*store_, *sealing_, log_);
  events_ = std::make_unique<EventLog>(*store_);
  open_messages(configuration);
  if (policy_.audit_seal_seconds > 0)
    sealing_thread_ =
        std::make_unique<SealingThread>(*sealing_, std::chrono::seconds(policy_.audit_seal_seconds), log_);
  start_dispatching(configuration);
  for (auto& notifier : notifiers_)
    notifier->own();
}

void Engine::open_messages(const Configuration& configuration) {
  TemplateSettings settings;
  if (configuration.templates) settings.folder = *configuration.templates;
  settings.locale = policy_.locale;
  settings.time_zone = policy_.time_zone;
  settings.clinic_name = policy_.clinic_name;
  settings.portal_address = policy_.portal_address.value_or("");
  templates_ = std::make_unique<Templates>(settings);
  error_texts_ = std::make_unique<ErrorTexts>(settings.folder);
  notifiers_ = open_notifiers(configuration, environment_.notifiers, host_, log_);
  // Messages that say where to log in could not be worded, and that would be found out when the first one is sent.
  if (!notifiers_.empty() && policy_.login_url.starts_with('/') && !policy_.portal_address)
    throw Error(ErrorCode::configuration_invalid, {},
                {{"policy.portal_address", "required",
                  "`portal_address` is missing: messages name the address at which patients log in, such as "
                  "https://portal.example."}});
  dispatcher_ = std::make_unique<Dispatcher>(
      DispatcherParts{*store_, *sealer_, policy_, time_zone_, *templates_, notifiers_, log_, [this] { return now(); },
                      [this](const NotifierSettings& notifier) {
                        return rate_limits_->take_message(word(notifier.channel), *notifier.per_second);
                      }});
}

void Engine::start_dispatching(const Configuration& configuration) {
  if (!configuration.dispatch_messages || policy_.dispatch_seconds == 0) return;
  for (const auto& notifier : notifiers_)
    dispatch_threads_.push_back(std::make_unique<DispatchThread>(*dispatcher_, notifier->channel(),
                                                                 std::chrono::seconds(policy_.dispatch_seconds), log_));
}

void Engine::messages_written() {
  for (const auto& thread : dispatch_threads_)
    thread->wake();
}

void Engine::stop_dispatching() {
  for (const auto& thread : dispatch_threads_)
    thread->stop();
}

Engine::~Engine() {
  if (::getpid() == process_) {
    stop_dispatching();
    return;
  }
  for (auto& thread : dispatch_threads_)
    static_cast<void>(thread.release());
  static_cast<void>(dispatcher_.release());
  static_cast<void>(events_.release());
  for (auto& notifier : notifiers_)
    static_cast<void>(notifier.release());
  static_cast<void>(sealing_thread_.release());
  static_cast<void>(refusals_.release());
  static_cast<void>(hasher_.release());
  static_cast<void>(rate_limits_.release());
  static_cast<void>(sealing_.release());
  static_cast<void>(store_.release());
}

Timestamp Engine::now() const {
  // A day within the years that dates and times have here, so that the day in every time zone is within them, too.
  using namespace std::chrono;
  constexpr Timestamp first = sys_days(year(1) / January / 2), last = sys_days(year(9999) / December / 31);
  return std::clamp(environment_.now(), first, last);
}

void Engine::random(std::span<std::byte> bytes) const { environment_.random(bytes); }

void Engine::check_process() const {
  if (::getpid() != process_)
    throw Error(ErrorCode::closed, "The clinic was opened in another process; open it again after fork.");
}

Actor Engine::actor_of(std::string_view access_token) const {
  check_process();
  auto claims = access_tokens_->verify(access_token, now());
  auto actor = Actor::user(std::move(claims.user_id), claims.role);
  actor.login_ = Login{std::move(claims.session_id), claims.expires_at};
  return actor;
}

void Engine::check_login(Call& call) {
  const auto& actor = call.actor();
  if (!actor.login()) return;
  const auto time = now();
  if (actor.login()->expires_at + std::chrono::seconds(policy_.clock_skew_seconds) <= time)
    throw Error(ErrorCode::token_expired);
  const auto session = call.read(
      [&](Transaction& transaction) { return Repository<LoginSession>(transaction).find(actor.login()->session_id); });
  // Whatever ends a login erases it: logout, another role or password, deactivation.
  if (!session || session->expires_at <= time || session->user_id != actor.id() || session->role != actor.role())
    throw Error(ErrorCode::token_invalid, "The login has ended.");
  if (session->password_change_required && !call.operation().before_password_change)
    throw Error(ErrorCode::password_change_required);
}

void Engine::check_role(const Actor& actor, const Operation& operation) {
  if (actor.unrestricted() || operation.roles.has_anyone()) return;
  if (!actor.role())
    throw Error(ErrorCode::not_authenticated, std::string(operation.name) + " needs a caller with a role.");
  if (!operation.roles.has(*actor.role()))
    throw Error(ErrorCode::forbidden,
                "The role " + std::string(word(*actor.role())) + " may not call " + std::string(operation.name) + ".");
}

void Engine::audit_reading(Call& call, const void* response) {
  call.end_reading();
  if (call.operation().shows_patients() && policy_.audit_reads) audit_read(call, response);
}

void Engine::audit_failure(const Call& call, const Error& error) {
  const auto& operation = call.operation();
  try {
    const auto time = now();
    auto row = audit_entry(call, time, call.subject().value_or(Audited{}));
    row.outcome = error.http_status() >= 500 ? AuditOutcome::failed : AuditOutcome::refused;
    row.error_code = info(error.code()).word;
    sign(*sealer_, row);
    refusals_->file({operation.name, std::move(row)});
  } catch (...) {
    log_(LogLevel::error, not_filed(operation.name));
  }
}

void Engine::check_listed(const Operation& operation, Error& error) {
  if (operation.lists(error.code())) return;
  const auto what = std::string(operation.name) + ": its row does not list " + std::string(info(error.code()).word);
  log_(LogLevel::error, what);
#ifdef CLINIC_CHECK_ROWS
  error = Error(ErrorCode::internal, what);
#endif
}

void Engine::guarded(const Actor& actor, const Operation& operation, const CallOptions& options,
                     FunctionRef<void(Call&)> body) {
  check_process();
  check_options(options);
  Call call(*this, actor, operation, options);
  bool in_handler = false;
  try {
    try {
      // First, or whoever has a token of a login that was ended would spend the user's calls.
      const EndOfReading end_of_reading(call);
      check_login(call);
      if (rate_limits_->may_wait(operation)) call.end_reading();
      rate_limits_->take(actor, operation, options);
      check_role(actor, operation);
      in_handler = true;
      body(call);
    } catch (const StorageError& failure) {
      auto error = to_error(failure);
      std::string incident;
      if (error.code() == ErrorCode::internal) {
        incident = new_incident(*this);
        error = Error(ErrorCode::internal, incident);
      }
      if (failure.code() != CLINIC_PLUGIN_UNIQUE_VIOLATION)
        log_(LogLevel::error,
             std::string(operation.name) + ": " + incident + (incident.empty() ? "" : ": ") + failure.what());
      throw error;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& failure) {
      const auto incident = new_incident(*this);
      // Only the type: the text of a foreign exception may hold anything.
      log_(LogLevel::error, std::string(operation.name) + ": " + incident + ": " + typeid(failure).name());
      throw Error(ErrorCode::internal, incident);
    } catch (...) {  // what a host's function throws may be anything
      const auto incident = new_incident(*this);
      log_(LogLevel::error, std::string(operation.name) + ": " + incident + ": no std::exception");
      throw Error(ErrorCode::internal, incident);
    }
  } catch (Error& error) {
    if (in_handler) check_listed(operation, error);
    if (error.code() == ErrorCode::internal) error = Error(error).with_message(std::string(operation.failure));
    if (info(error.code()).duplicate) error.http_status(static_cast<int>(policy_.duplicate_status));
    const bool refused_caller = error.code() == ErrorCode::forbidden || error.code() == ErrorCode::not_authenticated;
    // Where the database itself did not answer, the audit would only wait for it once more.
    if ((operation.effect == Effect::writes || refused_caller) && !error.retryable()) audit_failure(call, error);
    if (!options.language.empty()) throw error_texts_->localized(error, options.language);
    throw;
  }
}

void Engine::run(const Actor& actor, const Operation& operation, const void* request, void* response,
                 const CallOptions& options) {
  guarded(actor, operation, options, [&](Call& call) {
    call.set_request(*operation.request, request);
    operation.invoke(call, request, response);
    audit_reading(call, response);
  });
}

std::string Engine::run_json(const Actor& actor, std::string_view name, std::string_view request_text,
                             const CallOptions& options) {
  check_process();
  const auto* operation = find_operation(name);
  if (!operation) {
    std::vector<std::string_view> names;
    for (const auto& row : operation_table())
      names.push_back(row.name);
    auto nearest = suggestion(name, names);
    throw Error(ErrorCode::unknown_operation,
                nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?");
  }
  std::string answer;
  if (operation->response->holds_secret) answer.reserve(room_for_secrets);
  guarded(actor, *operation, options, [&](Call& call) {
    const auto request = made(*operation->request), response = made(*operation->response);
    std::vector<FieldError> errors;
    read_json(request_text, *operation->request, request.get(), aliases_, errors);
    if (!errors.empty()) {
      validate(*operation->request, request.get(), errors);  // everything that is wrong, at once
      throw Error(ErrorCode::validation_failed, {}, std::move(errors));
    }
    call.set_request(*operation->request, request.get());
    operation->invoke(call, request.get(), response.get());
    audit_reading(call, response.get());
    write_json(*operation->response, response.get(), WriteSecrets::yes, answer);
  });
  return answer;
}

}  // namespace clinic
