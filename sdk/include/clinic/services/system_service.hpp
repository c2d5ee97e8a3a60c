#pragma once

#include <clinic/services/common.hpp>

namespace clinic {

/// One row of the operation table.
struct OperationInfo {
  std::string name{};
  std::string help{};
  bool writes = false;
  std::vector<std::string> roles{};  ///< `anyone` stands for callers without a role
  std::string http_method{};
  std::string http_path{};
  std::vector<std::string> errors{};
  Json request_schema{};
  Json response_schema{};
};
BOOST_DESCRIBE_STRUCT(OperationInfo, (),
                      (name, help, writes, roles, http_method, http_path, errors, request_schema, response_schema))

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

 private:
  Session session_;
};

}  // namespace clinic
