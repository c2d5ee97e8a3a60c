#pragma once

/// \file
/// The moment since which every entry of the audit is signed. Versions before schema 4 signed no entries, so their
/// databases have entries without a MAC. Only entries that existed when signing began may have none (AUDIT-3).

#include "base/digest.hpp"
#include "crypto/sealer.hpp"
#include "records/records.hpp"
#include "store/store.hpp"

#include <clinic/services/entry_signature.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace clinic {

/// Counts and hashes entries without a MAC, in the order of their ids.
class UnsignedEntries {
 public:
  void add(const AuditEntry& entry);
  std::int64_t count() const { return count_; }
  /// SHA-256 over all their fields; starts a new sum.
  std::string digest() { return digest_.finish(); }

 private:
  Sha256 digest_;
  std::int64_t count_ = 0;
};

/// When signing began, and which entries had no MAC at that time. It is sealed and stored together with the database's
/// own key. So nobody without the master key can claim that an entry was never signed.
struct SigningStart {
  Timestamp began{};
  std::int64_t unsigned_entries = 0;  ///< 0: every entry has a MAC, whatever its time
  std::string digest = UnsignedEntries().digest();

  bool must_be_signed(std::string_view id) const;
  bool left_as_it_was(UnsignedEntries& found) const;
};

/// Finds the start from the entries: signing began with the oldest entry that has a right MAC, or begins now if there
/// is none.
SigningStart signing_start(Transaction& transaction, const Sealer& sealer, Timestamp now);

/// Whether the entry's MAC is valid.
EntrySignature signature_of(const Sealer& sealer, const SigningStart& start, const AuditEntry& entry);

/// Writes it as one line for storage; the other function reads the line.
std::string text_of(const SigningStart& start);
/// Empty if the text is not such a line.
std::optional<SigningStart> read_signing_start(const std::string& text);

}  // namespace clinic
