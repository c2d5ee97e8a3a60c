#include "accounts.hpp"

#include "../core/engine.hpp"
#include "../core/password.hpp"
#include "../core/sealer.hpp"
#include "../description/formats.hpp"

namespace clinic {

std::string checked_hash(Call& call, const std::string& password) {
  const auto least = static_cast<std::size_t>(call.policy().password_min_length);
  if (code_points(password) < least)
    throw Error(ErrorCode::validation_failed, {},
                {{"password", "too_short", "The password needs at least " + std::to_string(least) + " characters."}});
  return hash_password(password, static_cast<int>(call.policy().password_hash_cost),
                       [&](std::span<std::byte> bytes) { call.engine().random(bytes); });
}

Credentials make_credentials(Call& call, const std::optional<std::string>& password, CredentialDelivery delivery) {
  const auto random = [&](std::span<std::byte> bytes) { call.engine().random(bytes); };
  Credentials credentials;
  credentials.delivery = delivery;
  if (password) {
    credentials.password_hash = checked_hash(call, *password);
    credentials.delivery = CredentialDelivery::response;
  } else if (delivery == CredentialDelivery::invitation) {
    credentials.invitation_token = generate_token(random);
  } else {
    credentials.temporary_password =
        generate_password(static_cast<std::size_t>(call.policy().temporary_password_length), random);
    credentials.password_hash =
        hash_password(*credentials.temporary_password, static_cast<int>(call.policy().password_hash_cost), random);
  }
  return credentials;
}

User new_account(const Policy& policy, Timestamp now, const Patient& patient, const Credentials& credentials) {
  User user;
  user.id = patient.id;
  user.patient_id = patient.id;
  user.role = Role::patient;
  user.email = patient.email;
  user.phone = patient.phone;
  user.first_name = patient.first_name;
  user.last_name = patient.last_name;
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
  if (user.username.empty()) user.username = user.email ? *user.email : user.phone ? *user.phone : patient.number;
  normalise(policy, user, &patient);
  insert(work, user);
  if (credentials.invitation_token) {
    SingleUseToken token;
    token.id = work.new_id();
    token.user_id = user.id;
    token.purpose = TokenPurpose::invitation;
    token.token_hash = sha256(*credentials.invitation_token);
    token.created_at = work.now();
    token.expires_at = work.now() + std::chrono::hours(policy.invitation_hours);
    work.of<SingleUseToken>().insert(token);
  }
  const bool by_message = credentials.delivery == CredentialDelivery::invitation ||
                          (credentials.delivery == CredentialDelivery::message && credentials.temporary_password);
  if (!by_message) return;
  if (!user.email && !user.phone_key)
    throw Error(ErrorCode::validation_failed, {},
                {{"email", "required", "Credentials that go by message need an email or a valid phone number."}});
  OutboxMessage message;
  message.channel = user.email ? MessageChannel::email : MessageChannel::sms;
  message.recipient = user.email ? *user.email : *user.phone_key;
  message.message_template = credentials.invitation_token ? "invitation" : "portal_credentials";
  message.locale = user.locale.value_or(policy.locale);
  message.patient_id = patient.id;
  message.user_id = user.id;
  message.data.text =
      json_object({{"username", user.username}, {"login_url", policy.login_url}, {"first_name", patient.first_name}});
  work.send(std::move(message),
            credentials.invitation_token ? credentials.invitation_token : credentials.temporary_password);
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
