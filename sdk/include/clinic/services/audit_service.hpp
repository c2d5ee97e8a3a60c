#pragma once

#include <clinic/services/common.hpp>
#include <clinic/services/entry_signature.hpp>
#include <clinic/words.hpp>

namespace clinic {

struct ListAudit {
  std::optional<std::string> patient{};  ///< id or number: only entries about this patient
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

/// An entry of the audit, and whether its MAC is valid.
struct AuditEntryView {
  std::string id{};
  Timestamp created_at{};
  std::optional<std::string> actor_id{};
  std::string actor_name{};
  std::string actor_role{};
  std::string action{};
  std::string resource_type{};
  std::optional<std::string> resource_id{};
  std::optional<std::string> patient_id{};
  AuditOutcome outcome = AuditOutcome::done;
  std::optional<std::string> error_code{};
  std::optional<std::string> origin{};
  Json metadata{"{}"};
  EntrySignature signature = EntrySignature::valid;
};
BOOST_DESCRIBE_STRUCT(AuditEntryView, (),
                      (id, created_at, actor_id, actor_name, actor_role, action, resource_type, resource_id, patient_id,
                       outcome, error_code, origin, metadata, signature))

template <>
struct FieldRules<AuditEntryView> {
  static constexpr std::array rules{signature_rule};
};

struct AuditPage {
  std::vector<AuditEntryView> items{};
  std::optional<std::string> next{};
};
BOOST_DESCRIBE_STRUCT(AuditPage, (), (items, next))

/// Seals the entries that are not sealed yet.
struct SealAudit {
  bool whole_audit = false;  ///< false: only entries after the newest seals, and a quarter of an hour before
};
BOOST_DESCRIBE_STRUCT(SealAudit, (), (whole_audit))

struct AuditSealed {
  std::int64_t seals_made = 0;
  std::int64_t entries_sealed = 0;
  std::int64_t anchors_failed = 0;  ///< seals that could not be anchored in the file or by the host
};
BOOST_DESCRIBE_STRUCT(AuditSealed, (), (seals_made, entries_sealed, anchors_failed))

struct VerifyAudit {
  std::optional<std::int64_t> from_seal{};
  std::optional<std::string> anchors{};  ///< in addition to those of the configured file
};
BOOST_DESCRIBE_STRUCT(VerifyAudit, (), (from_seal, anchors))

enum class AuditFault {
  entry_changed,        ///< the entry is not what was written
  entry_missing,        ///< a seal names the entry, and the entry does not exist
  entry_unsigned,       ///< the entry has no MAC, though signing had begun
  unsigned_changed,     ///< the entries from before signing began were changed
  entry_sealed_twice,   ///< two seals name the entry
  seal_changed,         ///< the seal was changed or moved
  seal_missing,         ///< the seal's number is left out
  anchor_differs,       ///< the seal is not the one that was anchored
  anchor_without_seal,  ///< the audit ends before the anchored seal
  anchor_missing,       ///< the anchors end before a seal that should be anchored
  anchor_unreadable     ///< the line is not an anchor
};
BOOST_DESCRIBE_ENUM(AuditFault, entry_changed, entry_missing, entry_unsigned, unsigned_changed, entry_sealed_twice,
                    seal_changed, seal_missing, anchor_differs, anchor_without_seal, anchor_missing, anchor_unreadable)

struct AuditProblem {
  AuditFault code = AuditFault::entry_changed;
  std::int64_t seal = 0;
  std::optional<std::string> entry_id{};
  std::string message{};
};
BOOST_DESCRIBE_STRUCT(AuditProblem, (), (code, seal, entry_id, message))

template <>
struct FieldRules<AuditProblem> {
  static constexpr std::array rules{FieldRule{"code", "What is wrong"},
                                    FieldRule{"message", "The same in words", Format::line, 500}};
};

struct AuditVerified {
  bool valid = false;
  std::int64_t entries_checked = 0;
  std::int64_t seals_checked = 0;
  std::int64_t anchors_checked = 0;
  std::int64_t entries_unsealed = 0;
  std::int64_t entries_unsigned = 0;
  std::optional<Timestamp> signed_since{};  ///< empty: from the beginning
  std::int64_t problem_count = 0;
  std::vector<AuditProblem> problems{};
};
BOOST_DESCRIBE_STRUCT(AuditVerified, (),
                      (valid, entries_checked, seals_checked, anchors_checked, entries_unsealed, entries_unsigned,
                       signed_since, problem_count, problems))

template <>
struct FieldRules<AuditVerified> {
  static constexpr std::array rules{
      FieldRule{"signed_since", "Since when every entry has a MAC; missing: from the beginning"}};
};

/// The audit: who did, or tried to do, what. Thread-safe; every method throws Error.
class CLINIC_API AuditService {
 public:
  explicit AuditService(Session session) : session_(std::move(session)) {}

  AuditPage list(const ListAudit& request = {}, const CallOptions& options = {}) const;
  /// Seals the entries that no seal covers yet.
  AuditSealed seal(const SealAudit& request = {}, const CallOptions& options = {}) const;
  /// Checks whether anything was changed, removed or inserted beside the SDK. Reads the whole audit.
  AuditVerified verify(const VerifyAudit& request = {}, const CallOptions& options = {}) const;

 private:
  Session session_;
};

}  // namespace clinic
