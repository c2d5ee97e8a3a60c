#pragma once

/// \file
/// Makes seals (AUDIT-3). A seal is made after commit, of rows that exist, so that writers never wait for one another.
/// If two processes make a seal at once, the primary key lets one of them succeed.

#include "audit/anchors.hpp"
#include "audit/signing.hpp"
#include "crypto/sealer.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/services/audit_service.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace clinic {

class AuditSealing {
 public:
  AuditSealing(Store& store, const Sealer& sealer, const SigningStart& signing_start, const Log& log,
               AuditAnchors anchors, std::function<Timestamp()> now);

  /// Reports that this process has written to the audit.
  void written() noexcept { written_.fetch_add(1, std::memory_order_relaxed); }

  /// Seals all entries if this process has written since its last seal. (The first call always seals.) Entries of other
  /// processes are sealed as well. Throws StorageError.
  AuditSealed seal_new(const std::stop_token& stop = {});
  /// Seals whether this process has written or not, and looks back as far as given.
  AuditSealed seal(bool whole_audit);

  const AuditAnchors& anchors() const { return anchors_; }

 private:
  struct Entry {
    std::string id, mac;
  };
  /// The entries that are to be sealed, and the seal before them, in one snapshot of the database.
  struct Found {
    std::int64_t last_number = 0;
    std::string last_mac;
    Timestamp last_created_at{};
    std::vector<Entry> entries;
    bool more = false;  ///< there are more entries than one pass takes

    void behind(const std::vector<AuditSeal>& newest);
  };

  /// Finds all entries from `look_back` before the newest entry of the newest seals on.
  AuditSealed pass(std::chrono::milliseconds look_back, const std::stop_token& stop);
  Found find(std::chrono::milliseconds look_back);
  Found find_in_whole_audit();
  /// Returns false if another process was quicker: then that process seals the rest.
  bool make_seals(Found& found, AuditSealed& made, const std::stop_token& stop);
  bool store(AuditSeal& seal);

  Store& store_;
  const Sealer& sealer_;
  const SigningStart& signing_start_;
  const Log& log_;
  AuditAnchors anchors_;
  std::function<Timestamp()> now_;
  std::atomic<std::uint64_t> written_{1}, sealed_{0};
  std::atomic<std::chrono::steady_clock::time_point> looked_far_back_{};
};

}  // namespace clinic
