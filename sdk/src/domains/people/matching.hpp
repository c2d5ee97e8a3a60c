#pragma once

/// \file
/// How users and patients who may be one person find each other.

#include "engine/call.hpp"

#include <optional>
#include <span>
#include <vector>

namespace clinic {

/// Patients that the policy's keys say may be this user: by proven or typed contact, never by name (SYNC-9).
std::vector<Patient> patients_matching(Transaction& transaction, const Policy& policy, const User& user);
/// Patient-role users that may be this patient's account.
std::vector<User> users_matching(Transaction& transaction, const Policy& policy, const Patient& patient);

/// The same for each of several, in their order, by one query for each key.
std::vector<std::vector<Patient>> patients_matching(Transaction& transaction, const Policy& policy,
                                                    std::span<const User> users);
std::vector<std::vector<User>> users_matching(Transaction& transaction, const Policy& policy,
                                              std::span<const Patient> patients);

/// The one patient that the keys find for the user, or the one user for the patient; none where nobody matches. Throws
/// as `check_match` does.
std::optional<Patient> sole_match(Transaction& transaction, const Policy& policy, const User& user);
std::optional<User> sole_match(Transaction& transaction, const Policy& policy, const Patient& patient);

/// Whether the two may be linked though nobody named them, where they are the only ones that match: the policy links,
/// or the user has proven the key.
bool may_link(const Policy& policy, const User& user, const Patient& patient);
/// Throws Error (match_found, or a duplicate where the policy rejects matches) unless the two are the only ones that
/// match and may be linked.
void check_match(const Policy& policy, const User& user, const Patient& patient, std::size_t matching);
/// duplicate_email or duplicate_phone, at the contact by which the two match.
Error duplicate_contact(const Policy& policy, const User& user, const Patient& patient, const std::string& text);

}  // namespace clinic
