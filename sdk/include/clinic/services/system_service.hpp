#pragma once

#include <clinic/services/common.hpp>

namespace clinic {

/// A role that may do it on some records only: its own, or its own and those linked to it.
struct RoleScope {
  std::string role{};
  std::string scope{};
};
BOOST_DESCRIBE_STRUCT(RoleScope, (), (role, scope))

template <>
struct FieldRules<RoleScope> {
  static constexpr std::array rules{FieldRule{"role", "The role", Format::token, 20}};
};

/// One row of the operation table.
struct OperationInfo {
  std::string name{};
  std::string help{};
  bool writes = false;
  std::vector<std::string> roles{};  ///< `anyone` stands for callers without a role
  std::vector<RoleScope> scopes{};   ///< of those roles that may not do it on all records
  std::string http_method{};
  std::string http_path{};
  std::vector<std::string> errors{};
  std::optional<std::string> fault_field{};  ///< of the answer: where it is a list with items, not 0, or false
  Json request_schema{};
  Json response_schema{};
};
BOOST_DESCRIBE_STRUCT(OperationInfo, (),
                      (name, help, writes, roles, scopes, http_method, http_path, errors, fault_field, request_schema,
                       response_schema))

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
  bool data_key_resealed = false;  ///< else it was sealed with the present master key already
};
BOOST_DESCRIBE_STRUCT(Reencrypted, (), (patients_changed, histories_changed, data_key_resealed))

/// What system.clean_up removed.
struct CleanedUp {
  std::int64_t attempts_removed = 0;
  std::int64_t logins_removed = 0;
  std::int64_t tokens_removed = 0;
  std::int64_t idempotency_keys_removed = 0;
};
BOOST_DESCRIBE_STRUCT(CleanedUp, (), (attempts_removed, logins_removed, tokens_removed, idempotency_keys_removed))

struct Health {
  bool healthy = false;
};
BOOST_DESCRIBE_STRUCT(Health, (), (healthy))

/// About the clinic object itself. Thread-safe; every method throws Error.
class SystemService {
 public:
  explicit SystemService(Session session) : session_(std::move(session)) {}

  Operations operations(const CallOptions& options = {}) const {
    return session_.call<Operations>("system.operations", Nothing{}, options);
  }
  VersionInfo version(const CallOptions& options = {}) const {
    return session_.call<VersionInfo>("system.version", Nothing{}, options);
  }
  /// Whether the database answers now.
  Health health(const CallOptions& options = {}) const {
    return session_.call<Health>("system.health", Nothing{}, options);
  }
  /// After encryption at rest was turned on or off, or the master key was changed: stores every row anew that is not as
  /// it should be. Others may work meanwhile, and it may be called again.
  Reencrypted reencrypt(const CallOptions& options = {}) const {
    return session_.call<Reencrypted>("system.reencrypt", Nothing{}, options);
  }
  /// Removes what has ended and is of no more use: counted attempts, logins, links, idempotency keys. To be called
  /// daily; others may work meanwhile, and call it too.
  CleanedUp clean_up(const CallOptions& options = {}) const {
    return session_.call<CleanedUp>("system.clean_up", Nothing{}, options);
  }

 private:
  Session session_;
};

}  // namespace clinic
