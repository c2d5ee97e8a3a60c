#pragma once

#include <clinic/model/records.hpp>
#include <clinic/services/common.hpp>

namespace clinic {

struct ListAudit {
  std::optional<std::string> patient{};  ///< id or number: what concerns this patient
  std::optional<std::string> actor_id{};
  std::optional<std::string> action{};
  std::optional<AuditOutcome> outcome{};
  std::optional<Timestamp> from{};
  std::optional<Timestamp> until{};
  std::optional<std::string> after{};
  std::int64_t limit = 50;
  bool newest_first = true;
};
BOOST_DESCRIBE_STRUCT(ListAudit, (), (patient, actor_id, action, outcome, from, until, after, limit, newest_first))

struct AuditPage {
  std::vector<AuditEntry> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(AuditPage, (), (items, next))

/// Who did, or tried to do, what. Thread-safe; every method throws Error.
class AuditService {
 public:
  explicit AuditService(Session session) : session_(std::move(session)) {}

  AuditPage list(const ListAudit& request = {}, const CallOptions& options = {}) const {
    return session_.call<AuditPage>("audit.list", request, options);
  }

 private:
  Session session_;
};

}  // namespace clinic
