#include "domains/people/accounts.hpp"

#include "crypto/password.hpp"
#include "domains/credentials/password_rules.hpp"
#include "domains/credentials/single_use_tokens.hpp"
#include "engine/engine.hpp"
#include "store/storage_errors.hpp"

namespace clinic {

std::string checked_hash(Call& call, const std::string& password, const std::vector<std::string>& words) {
  check_password(call.policy(), password, "password", words);
  return call.hashing().hash(password);
}

Credentials make_credentials(Call& call, const std::optional<std::string>& password, CredentialDelivery delivery,
                             const std::vector<std::string>& words) {
  const auto random = [&](std::span<std::byte> bytes) { call.engine().random(bytes); };
  Credentials credentials;
  credentials.delivery = delivery;
  if (password) {
    credentials.password_hash = checked_hash(call, *password, words);
    credentials.delivery = CredentialDelivery::response;
  } else if (delivery == CredentialDelivery::invitation) {
    credentials.invitation_token = generate_token(random);
  } else {
    credentials.temporary_password =
        generate_password(static_cast<std::size_t>(call.policy().temporary_password_length), random);
    credentials.password_hash = call.hashing().hash(*credentials.temporary_password);
  }
  return credentials;
}

std::vector<std::string> words_of(const Patient& patient, const AccountContacts& own) {
  std::vector<std::string> words{patient.number, patient.first_name, patient.last_name};
  for (const auto* contact : {&patient.email, &patient.phone, &own.email, &own.phone})
    if (*contact) words.push_back(**contact);
  return words;
}

Credentials make_credentials_of(Call& call, const std::string& patient, const AccountContacts& own,
                                const std::optional<std::string>& password, CredentialDelivery delivery) {
  std::vector<std::string> words;
  if (password)
    words = call.read([&](Transaction& transaction) { return words_of(find_patient(transaction, patient), own); });
  return make_credentials(call, password, delivery, words);
}

User new_account(const Policy& policy, Timestamp now, const Patient& patient, const Credentials& credentials) {
  User user;
  user.id = patient.id;
  user.patient_id = patient.id;
  user.role = Role::patient;
  user.email = patient.email;
  user.phone = patient.phone;
  if (!patient.placeholder) {
    user.first_name = patient.first_name;
    user.last_name = patient.last_name;
  }
  user.address = patient.address;
  user.password_hash = credentials.password_hash;
  if (credentials.temporary_password) {
    user.password_change_required = true;
    user.password_expires_at = now + std::chrono::hours(policy.temporary_password_hours);
  }
  user.created_at = user.updated_at = now;
  return user;
}

void store_account(UnitOfWork& work, const Call& call, User& user, const Patient& patient,
                   const Credentials& credentials) {
  const auto& policy = call.policy();
  const bool named = !user.username.empty();
  if (!named) user.username = default_username(work.transaction(), call, user, patient.number);
  normalise(policy, user, &patient);
  try {
    insert(work, user);
  } catch (const StorageError& failure) {
    // Somebody else of the household was given the phone for a username since we looked: looking again finds it.
    if (!named && user.username == user.phone && !user.phone_login_key && violates(failure, "User", "username_key"))
      throw StorageError(CLINIC_PLUGIN_STALE, 0, "User", {}, "the username was taken meanwhile");
    throw;
  }
  if (credentials.invitation_token) {
    store_token(work, TokenPurpose::invitation, user.id, *credentials.invitation_token,
                std::chrono::hours(policy.invitation_hours));
  }
  const bool by_message = credentials.delivery == CredentialDelivery::invitation ||
                          (credentials.delivery == CredentialDelivery::message && credentials.temporary_password);
  if (!by_message) return;
  if (!reachable(user))
    throw Error(ErrorCode::validation_failed, {},
                {{"email", "required", "Credentials that go by message need an email or a valid phone number."}});
  if (credentials.invitation_token)
    announce_credentials(work, call, user, "invitation", *credentials.invitation_token,
                         work.now() + std::chrono::hours(policy.invitation_hours));
  else
    announce_credentials(work, call, user, "portal_credentials", *credentials.temporary_password,
                         work.now() + std::chrono::hours(policy.temporary_password_hours));
}

PortalCredentials shown(const Policy& policy, const User& user, const Credentials& credentials) {
  PortalCredentials shown;
  shown.username = user.username;
  shown.login_url = policy.login_url;
  shown.delivery = credentials.delivery;
  if (credentials.delivery == CredentialDelivery::response) shown.temporary_password = credentials.temporary_password;
  return shown;
}

}  // namespace clinic
