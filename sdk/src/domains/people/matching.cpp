#include "domains/people/matching.hpp"

#include <map>
#include <ranges>

namespace clinic {
namespace {

constexpr std::uint64_t most_candidates = 10;

template <class Record>
using Key = std::optional<std::string> Record::*;

/// The field by which those are found whose contact of that kind is somebody's; none where they have none of the kind.
Key<Patient> key_of_found(MatchKey key, const Patient*) {
  return key == MatchKey::email ? &Patient::email_key : key == MatchKey::phone ? &Patient::phone_key : nullptr;
}
Key<User> key_of_found(MatchKey key, const User*) {
  return key == MatchKey::email ? &User::email_key : key == MatchKey::phone ? &User::phone_login_key : nullptr;
}

/// The contact of that kind of the one who looks; users have no national ID.
template <class Record>
const std::optional<std::string>& key_of(MatchKey key, const Record& looking) {
  return key == MatchKey::email ? looking.email_key : looking.phone_key;
}

Criteria<Patient> eligible(const Patient*) { return where(&Patient::status) != PatientStatus::merged; }
Criteria<User> eligible(const User*) { return where(&User::role) == Role::patient; }

/// Those in whom the field is one of these contacts: a few for each.
template <class Found>
std::vector<Found> found_by(Transaction& transaction, Key<Found> field, const std::vector<std::string>& contacts) {
  const Found* const kind = nullptr;
  const auto limit = most_candidates * contacts.size();
  auto found = Repository<Found>(transaction).select(Query(where(field).in(contacts) && eligible(kind)).limit(limit));
  if (found.size() < limit || contacts.size() == 1) return found;
  // One contact may have taken the others' places.
  found.clear();
  for (const auto& contact : contacts)
    for (auto& record : found_by(transaction, field, {contact}))
      found.push_back(std::move(record));
  return found;
}

/// For each who looks, those whom the first of the policy's keys that finds anybody finds.
template <class Found, class Looking>
std::vector<std::vector<Found>> matching(Transaction& transaction, const Policy& policy, std::span<const Looking> all) {
  const Found* const kind = nullptr;
  std::vector<std::vector<Found>> matches(all.size());
  for (auto key : policy.match_keys) {
    const auto field = key_of_found(key, kind);
    if (!field) continue;
    std::map<std::string, std::vector<std::size_t>> looking;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (const auto& contact = key_of(key, all[i]); contact && matches[i].empty()) looking[*contact].push_back(i);
    if (looking.empty()) continue;
    const auto contacts = std::views::keys(looking);
    for (const auto& record : found_by(transaction, field, std::vector(contacts.begin(), contacts.end())))
      for (const auto i : looking.at(*(record.*field)))
        matches[i].push_back(record);
  }
  return matches;
}

}  // namespace

std::vector<Patient> patients_matching(Transaction& transaction, const Policy& policy, const User& user) {
  return std::move(patients_matching(transaction, policy, std::span(&user, 1)).front());
}

std::vector<User> users_matching(Transaction& transaction, const Policy& policy, const Patient& patient) {
  return std::move(users_matching(transaction, policy, std::span(&patient, 1)).front());
}

std::vector<std::vector<Patient>> patients_matching(Transaction& transaction, const Policy& policy,
                                                    std::span<const User> users) {
  return matching<Patient>(transaction, policy, users);
}

std::vector<std::vector<User>> users_matching(Transaction& transaction, const Policy& policy,
                                              std::span<const Patient> patients) {
  return matching<User>(transaction, policy, patients);
}

Error duplicate_contact(const Policy& policy, const User& user, const Patient& patient, const std::string& text) {
  for (auto key : policy.match_keys) {
    if (key == MatchKey::email && user.email_key && user.email_key == patient.email_key) break;
    if (key == MatchKey::phone && user.phone_key && user.phone_key == patient.phone_key)
      return Error(ErrorCode::duplicate_phone, text, {{"phone", "duplicate", text}});
  }
  return Error(ErrorCode::duplicate_email, text, {{"email", "duplicate", text}});
}

namespace {

/// Whether the user has proven the contact by which the two match.
bool has_proven_match(const Policy& policy, const User& user, const Patient& patient) {
  for (auto key : policy.match_keys) {
    if (key == MatchKey::email && user.email_key && user.email_key == patient.email_key)
      return user.email_verified_at.has_value();
    if (key == MatchKey::phone && user.phone_key && user.phone_key == patient.phone_key)
      return user.phone_verified_at.has_value();
  }
  return false;
}

Error match_refused(const Policy& policy, const User& user, const Patient& patient) {
  if (policy.on_match == OnMatch::reject)
    return duplicate_contact(policy, user, patient, "Another patient has this contact.");
  const auto text =
      "Patient " + patient.number + " has this contact; link that patient on purpose if it is the same person.";
  return Error(ErrorCode::match_found, text, {{"link_patient", "match_found", text}});
}

}  // namespace

bool may_link(const Policy& policy, const User& user, const Patient& patient) {
  return policy.on_match == OnMatch::link ||
         (policy.on_match == OnMatch::offer && has_proven_match(policy, user, patient));
}

void check_match(const Policy& policy, const User& user, const Patient& patient, std::size_t matching) {
  if (matching != 1 || !may_link(policy, user, patient)) throw match_refused(policy, user, patient);
}

std::optional<Patient> sole_match(Transaction& transaction, const Policy& policy, const User& user) {
  auto matching = patients_matching(transaction, policy, user);
  if (matching.empty()) return std::nullopt;
  check_match(policy, user, matching.front(), matching.size());
  return std::move(matching.front());
}

std::optional<User> sole_match(Transaction& transaction, const Policy& policy, const Patient& patient) {
  auto matching = users_matching(transaction, policy, patient);
  if (matching.empty()) return std::nullopt;
  check_match(policy, matching.front(), patient, matching.size());
  return std::move(matching.front());
}

}  // namespace clinic
