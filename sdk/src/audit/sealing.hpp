#pragma once

/// \file
/// Making seals (AUDIT-3). They are made after commit, of rows that are there, so that writers never wait for one
/// another; two who seal at once are told apart by the primary key.

#include "audit/anchors.hpp"
#include "audit/signing.hpp"

#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include "records/records.hpp"
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

  /// Somebody in this process has written to the audit.
  void written() noexcept { written_.fetch_add(1, std::memory_order_relaxed); }

  /// Seals what is there, where this process has written since it did so last. (At first it has.) What other processes
  /// have written is sealed with it. Throws StorageError.
  AuditSealed seal_new(const std::stop_token& stop = {});
  /// The same whether it has written or not, and from as far back as that.
  AuditSealed seal(bool whole_audit);

  const AuditAnchors& anchors() const { return anchors_; }

 private:
  struct Entry {
    std::string id, mac;
  };
  /// What one snapshot of the database says is to be sealed, behind which seal.
  struct Found {
    std::int64_t last_number = 0;
    std::string last_mac;
    Timestamp last_created_at{};
    std::vector<Entry> entries;
    bool more = false;  ///< than were taken at once

    void behind(const std::vector<AuditSeal>& newest);
  };

  /// Everything from `look_back` before the newest entry of the newest seals on.
  AuditSealed pass(std::chrono::milliseconds look_back, const std::stop_token& stop);
  Found find(std::chrono::milliseconds look_back);
  Found find_in_whole_audit();
  /// False where another was quicker: then it knows what is left.
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
