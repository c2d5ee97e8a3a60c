#pragma once

/// \file
/// A walk along all seals and all entries together, which reads each once: the work of audit.verify (AUDIT-3).

#include "audit/anchors.hpp"
#include "audit/signing.hpp"
#include "crypto/sealer.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/services/audit_service.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace clinic {

/// Seals are read in the order of their numbers, entries in the order of their ids, with a few pages of each in memory.
/// An entry waits for the seal that names it, which is near. Entries that still wait at the end are not sealed.
class AuditWalk {
 public:
  AuditWalk(Transaction& transaction, const Sealer& sealer, SigningStart signing_start, Anchors anchors = {},
            std::int64_t from_seal = 1);

  AuditVerified run();
  /// Id and MAC of the valid entries that no seal names. If there are very many, the newest.
  std::map<std::string, std::string> unsealed() const;

 private:
  enum class State : char { right, changed, unsigned_late, unsigned_before };
  struct Waiting {
    std::string mac;
    State state;
  };
  /// The result of looking up an id that a seal names.
  struct Named {
    bool there = false, right = false;
    std::string mac{};
  };

  /// Finds the first entry of the walk, and the entries whose seals the walk does not read.
  void begin_behind_earlier_seals();
  void check(const AuditSeal& seal);
  void check_anchors(const AuditSeal& seal, std::int64_t number);
  void check_ends_of_anchors();
  void check_unreadable();
  void check_unsigned();
  Named name(std::int64_t seal, std::string_view id);
  Named name_behind_cursor(std::int64_t seal, const std::string& id);
  /// Reads a page of entries and lets them wait; returns false at the end.
  bool read_entries();
  void wait(AuditEntry& entry);
  State state_of(const AuditEntry& entry);
  void forget_oldest();
  void leave_unsealed(const std::string& id, const Waiting& entry);
  void problem(AuditFault code, std::int64_t seal, std::optional<std::string> entry, std::string message);

  Transaction& transaction_;
  const Sealer& sealer_;
  SigningStart signing_start_;
  UnsignedEntries unsigned_;  // the entries from before signing began
  Anchors anchors_;
  std::int64_t from_seal_, expected_, to_be_anchored_ = 0;
  std::optional<std::string> previous_mac_;  // empty: the seal before is missing
  std::string first_id_, cursor_;            // entries before the first id are not read
  std::set<std::string, std::less<>> earlier_;
  std::map<std::string, Waiting, std::less<>> waiting_;
  bool forgotten_ = false, end_of_entries_ = false;
  AuditVerified result_;
};

}  // namespace clinic
