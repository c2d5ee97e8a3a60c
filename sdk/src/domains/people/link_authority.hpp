#pragma once

/// \file
/// Who may say that a user and a patient are one person (SYNC-9): somebody who has proven to hold a contact that both
/// have, or a member of staff. Nothing else makes a `LinkAuthority`, and no link is made without one.

#include "domains/credentials/contact_proof.hpp"
#include "domains/people/contacts.hpp"

#include <variant>

namespace clinic {

/// The decision of somebody who works here, or of the host itself.
class StaffDecision {
 public:
  /// The caller named both records. Throws Error(forbidden) where the caller is a patient or nobody.
  static StaffDecision on_purpose(const Call& call);
  /// The caller named one record, and the policy's keys found the other. Nobody answers for contacts that come with it.
  static StaffDecision by_policy(const Call& call);

  Voucher voucher() const { return voucher_; }

 private:
  explicit StaffDecision(Voucher voucher) : voucher_(voucher) {}
  Voucher voucher_;
};

using LinkAuthority = std::variant<StaffDecision, ContactProof>;

/// For the audit: staff, or the kind of contact that was proven.
inline std::string_view word_of(const LinkAuthority& authority) {
  const auto* proof = std::get_if<ContactProof>(&authority);
  return proof ? word(proof->contact().channel) : std::string_view("staff");
}

/// Who answers for the contacts that the account brings to the patient.
inline Voucher voucher_of(const LinkAuthority& authority) {
  const auto* staff = std::get_if<StaffDecision>(&authority);
  return staff ? staff->voucher() : Voucher::nobody;
}

}  // namespace clinic
