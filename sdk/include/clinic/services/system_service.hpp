#pragma once

#include <clinic/services/common.hpp>

namespace clinic {

/// A role that may call the operation on some records only: its own, or its own and those linked to it.
struct RoleScope {
  std::string role{};
  std::string scope{};
};
BOOST_DESCRIBE_STRUCT(RoleScope, (), (role, scope))

template <>
struct FieldRules<RoleScope> {
  static constexpr std::array rules{FieldRule{"role", "The role", Format::token, 20}};
};

/// Another place of an operation over HTTP.
struct RouteInfo {
  std::string method{};
  std::string path{};
  Json with{};  ///< what the request says by itself there
};
BOOST_DESCRIBE_STRUCT(RouteInfo, (), (method, path, with))

/// One row of the operation table.
struct OperationInfo {
  std::string name{};
  std::string help{};
  bool writes = false;
  std::vector<std::string> roles{};  ///< `anyone` means callers without a role
  std::vector<RoleScope> scopes{};   ///< only of roles that may not act on all records
  std::string http_method{};
  std::string http_path{};
  std::int64_t http_status = 200;    ///< of an answer
  std::vector<RouteInfo> also_at{};  ///< other places over HTTP
  std::vector<std::string> errors{};
  std::optional<std::string> fault_field{};  ///< the field of the answer that reports a fault: a list with items, a
                                             ///< number other than 0, or false
  Json request_schema{};
  Json response_schema{};
};
BOOST_DESCRIBE_STRUCT(OperationInfo, (),
                      (name, help, writes, roles, scopes, http_method, http_path, http_status, also_at, errors,
                       fault_field, request_schema, response_schema))

struct Operations {
  std::vector<OperationInfo> operations{};
};
BOOST_DESCRIBE_STRUCT(Operations, (), (operations))

struct VersionInfo {
  std::string sdk_version{};
  std::string plugin_abi{};
  std::int64_t schema_version = 0;
  std::string profile{};
  std::string storage{};
  std::string storage_version{};
};
BOOST_DESCRIBE_STRUCT(VersionInfo, (), (sdk_version, plugin_abi, schema_version, profile, storage, storage_version))

template <>
struct FieldRules<VersionInfo> {
  static constexpr std::array rules{
      FieldRule{"profile", "Name of the policy profile, or the path of its file", Format::line, 4096},
  };
};

/// What system.reencrypt did.
struct Reencrypted {
  std::int64_t patients_changed = 0;
  std::int64_t histories_changed = 0;
  std::int64_t users_changed = 0;
  std::int64_t others_changed = 0;  ///< records of all other types
  std::int64_t records_left = 0;    ///< records that are damaged, or whose normal form another record has
  bool data_key_resealed = false;   ///< false: it was already sealed with the current master key
};
BOOST_DESCRIBE_STRUCT(Reencrypted, (),
                      (patients_changed, histories_changed, users_changed, others_changed, records_left,
                       data_key_resealed))

/// What system.clean_up removed.
struct CleanedUp {
  std::int64_t attempts_removed = 0;
  std::int64_t logins_removed = 0;
  std::int64_t tokens_removed = 0;
  std::int64_t idempotency_keys_removed = 0;
  std::int64_t messages_given_up = 0;  ///< that nobody has sent for `message_hours`
  std::int64_t messages_removed = 0;   ///< messages that had ended, and receipts
  std::int64_t events_removed = 0;
};
BOOST_DESCRIBE_STRUCT(CleanedUp, (),
                      (attempts_removed, logins_removed, tokens_removed, idempotency_keys_removed, messages_given_up,
                       messages_removed, events_removed))

/// One thing that system.check found.
struct CheckProblem {
  std::string code{};         ///< `fields_damaged`, …
  std::string record_type{};  ///< the type of the record, or `file`, or `notifier`
  std::optional<std::string> record_id{};
  std::string message{};
  std::string remedy{};
};
BOOST_DESCRIBE_STRUCT(CheckProblem, (), (code, record_type, record_id, message, remedy))

template <>
struct FieldRules<CheckProblem> {
  static constexpr std::array rules{
      FieldRule{"code", "What is wrong, in a word", Format::token, 60},
      FieldRule{"message", "What is wrong, in a sentence", Format::line, 5000},
      FieldRule{"remedy", "What to do about it", Format::line, 5000},
  };
};

/// What system.check has read and found.
struct SystemChecked {
  bool valid = true;  ///< no problem was found
  std::int64_t records_checked = 0;
  std::int64_t problem_count = 0;
  std::vector<CheckProblem> problems{};  ///< the first hundred
};
BOOST_DESCRIBE_STRUCT(SystemChecked, (), (valid, records_checked, problem_count, problems))

struct Health {
  bool healthy = false;
};
BOOST_DESCRIBE_STRUCT(Health, (), (healthy))

/// What waits in the clinic now. For monitoring.
struct SystemMetrics {
  std::int64_t hashes_waiting_desk = 0;  ///< calls of this process
  std::int64_t hashes_waiting_door = 0;
  std::int64_t messages_due = 0;
  std::int64_t oldest_due_seconds = 0;  ///< 0: no message is due
  std::int64_t unsealed_seconds = 0;    ///< 0: the audit is sealed
};
BOOST_DESCRIBE_STRUCT(SystemMetrics, (),
                      (hashes_waiting_desk, hashes_waiting_door, messages_due, oldest_due_seconds, unsealed_seconds))

/// Operations about the clinic itself. Thread-safe; every method throws Error.
class CLINIC_API SystemService {
 public:
  explicit SystemService(Session session) : session_(std::move(session)) {}

  Operations operations(const CallOptions& options = {}) const;
  VersionInfo version(const CallOptions& options = {}) const;
  /// Whether the database answers now.
  Health health(const CallOptions& options = {}) const;
  /// Stores every outdated row anew, and leaves damaged rows as they are. Call it after encryption at rest was turned
  /// on or off, after a change of the master key, and after an update from a version with other normal forms. Other
  /// calls may run meanwhile, and it may be called again.
  Reencrypted reencrypt(const CallOptions& options = {}) const;
  /// Checks what other calls do not check: whether the encrypted fields of every record can be read and none were
  /// removed, whether the normal forms are those of this version, and who may read the files. It reads all patients and
  /// users, a page at a time.
  SystemChecked check(const CallOptions& options = {}) const;
  /// Removes records that have ended, or are older than the policy keeps them: counted attempts, logins, links,
  /// idempotency keys, messages, events. Call it daily. Other calls may
  /// run meanwhile, also of this operation.
  CleanedUp clean_up(const CallOptions& options = {}) const;
  /// What waits: password hashes of this process, messages, entries of the audit for their seal.
  SystemMetrics metrics(const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
