#pragma once

/// \file
/// Since when every entry of the audit is signed. Versions before schema 4 signed none: a database that they filled has
/// entries without a MAC, and only those that were there when signing began may have none (AUDIT-3).

#include "base/digest.hpp"
#include "crypto/sealer.hpp"
#include "store/store.hpp"

#include "records/records.hpp"
#include <clinic/services/entry_signature.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace clinic {

/// Adds up entries without a MAC, in the order of their ids.
class UnsignedEntries {
 public:
  void add(const AuditEntry& entry);
  std::int64_t count() const { return count_; }
  /// SHA-256 over all that they say; begins anew.
  std::string digest() { return digest_.finish(); }

 private:
  Sha256 digest_;
  std::int64_t count_ = 0;
};

/// When signing began, and what was there without a MAC by then. It is kept with the database's own key, sealed as that
/// is: so nobody without the master key can say of an entry that it was never signed.
struct SigningStart {
  Timestamp began{};
  std::int64_t unsigned_entries = 0;  ///< none: every entry has a MAC, whatever its time
  std::string digest = UnsignedEntries().digest();

  bool must_be_signed(std::string_view id) const;
  bool left_as_it_was(UnsignedEntries& found) const;
};

/// What is there says it: signing began with the oldest entry whose MAC is right, or begins now where there is none.
SigningStart signing_start(Transaction& transaction, const Sealer& sealer, Timestamp now);

/// What the entry's MAC says of it.
EntrySignature signature_of(const Sealer& sealer, const SigningStart& start, const AuditEntry& entry);

/// As it is kept: one line, which the other reads.
std::string text_of(const SigningStart& start);
/// None where the text is none.
std::optional<SigningStart> read_signing_start(const std::string& text);

}  // namespace clinic
