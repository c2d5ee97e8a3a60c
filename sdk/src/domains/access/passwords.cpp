/// \file
/// auth.change_password, auth.request_password_reset, auth.reset_password, auth.accept_invitation.

#include "crypto/password.hpp"
#include "domains/access/operations.hpp"
#include "domains/credentials/accounts_by_login.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/credentials/password_rules.hpp"
#include "domains/credentials/single_use_tokens.hpp"
#include "domains/people/contacts.hpp"
#include "domains/people/notices.hpp"
#include "domains/people/people.hpp"
#include "domains/people/proven_people.hpp"
#include "engine/engine.hpp"

namespace clinic {
namespace {

std::string new_hash(Call& call, const User& user, const std::string& password) {
  check_password(call.policy(), password, "new_password", words_of(user));
  return call.hashing().hash(password);
}

Error wrong_password(const char* path, const char* message) {
  return Error(ErrorCode::login_failed, {}, {{path, "wrong", message}});
}

void set_password(User& user, std::string hash, Timestamp now) {
  user.password_hash = std::move(hash);
  user.password_change_required = false;
  user.password_expires_at.reset();
  user.updated_at = now;
}

/// Sets the password by a link that was sent to the account's email or phone: who has it, has proven that contact.
void set_password_by_link(Call& call, const ResetPassword& request, TokenPurpose purpose) {
  const auto owner = call.read([&](Transaction& transaction) {
    return find_user(transaction, find_token(transaction, purpose, request.token, call.now()).user_id);
  });
  call.concerns("user", owner.id, owner.patient_id);
  const auto hash = new_hash(call, owner, request.new_password);
  call.step([&](UnitOfWork& work) {
    if (owner.patient_id) work.of<Patient>().touch(*owner.patient_id);
    work.of<User>().touch(owner.id);
    const auto token = spend_token(work, purpose, request.token);
    auto user = find_user(work.transaction(), token.user_id);
    if (!user.active) throw Error(ErrorCode::token_invalid, "The account is not active.");
    // Where it was linked or unlinked at this moment, nothing is proven already.
    if (auto patient = own_patient(work.transaction(), user); patient && user.patient_id == owner.patient_id)
      link_used(work, std::move(*patient));
    const auto was = user;
    set_password(user, hash, work.now());
    if (!user.claimed_at) user.claimed_at = work.now();
    if (user.email && !user.email_verified_at) user.email_verified_at = work.now();
    if (!user.email && user.phone && !user.phone_verified_at) user.phone_verified_at = work.now();
    update(work, user);
    end_logins(work, user.id);
    revoke_links(work, user.id);
    forget_attempts(work, call, user);
    tell_owner(work, call, was, user);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id, .actor = &user});
    work.event("user.password_changed", user.id);
  });
}

}  // namespace

User confirmed_by_password(Call& call, const std::string& password, const char* path, const char* message) {
  auto user = call.read([&](Transaction& transaction) { return find_user(transaction, own_id(call)); });
  call.concerns("user", user.id, user.patient_id);
  auto& hashing = call.hashing();  // before the attempt is counted: who is sent away has not tried
  const auto verify = [&] { return hashing.verify(password, user.password_hash); };
  if (!call.engine().attempts().make({{attempts_of(user.id), call.policy().attempts_per_account}}, call.now(), verify))
    throw wrong_password(path, message);
  return user;
}

Acknowledged change_password(Call& call, const ChangePassword& request) {
  constexpr auto path = "current_password", wrong = "The current password is wrong.";
  const auto found = confirmed_by_password(call, request.current_password, path, wrong);
  if (same_password(request.new_password, request.current_password))
    refuse("new_password", "unchanged", "The new password is the old one.");
  const auto hash = new_hash(call, found, request.new_password);
  call.step([&](UnitOfWork& work) {
    auto user = find_user(work.transaction(), found.id);
    if (user.password_hash != found.password_hash) throw wrong_password(path, wrong);  // changed meanwhile
    const auto was = user;
    set_password(user, hash, work.now());
    update(work, user);
    tell_owner(work, call, was, user);
    const auto& login = call.actor().login();
    end_logins(work, user.id, login ? login->session_id : std::string());
    if (login) {
      if (auto session = work.of<LoginSession>().find(login->session_id)) {
        session->password_change_required = false;
        work.of<LoginSession>().update(*session);
      }
    }
    revoke_links(work, user.id);
    forget_attempts(work, call, user);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id});
    work.event("user.password_changed", user.id);
  });
  return {true, "The password was changed."};
}

Acknowledged request_password_reset(Call& call, const RequestPasswordReset& request) {
  const auto token = new_token(call);
  const auto found =
      call.read([&](Transaction& transaction) { return account_by_login(transaction, call.policy(), request.login); });
  // Each counts: there is no right one.
  call.engine().attempts().make(
      guarded_by(call, "reset " + attempts_at(call.policy(), request.login), "reset address:"), call.now(),
      [] { return false; });
  call.step([&](UnitOfWork& work) {
    // Looked at again: the contact may have changed since, and a link to the old one would prove the new one. It does
    // not change before this is done: whoever wants to waits for the row, and then ends the link.
    const auto id = found ? found->id : std::string("nobody");
    work.of<User>().touch(id);
    const auto now = work.of<User>().find(id);
    const auto own = work.of<Patient>().find(now && now->patient_id ? *now->patient_id : std::string("nobody"));
    const bool sent = found && now && now->active && reachable(*now) && !(own && is_of_long_ago(call, *now, *own)) &&
                      std::tie(now->email, now->phone_key) == std::tie(found->email, found->phone_key);
    // For an unknown login the same is written, of no use to anybody: what is missing would show in the time.
    const std::chrono::minutes lifetime(call.policy().password_reset_minutes);
    store_token(work, TokenPurpose::password_reset, sent ? now->id : std::string("nobody"), token, lifetime);
    if (sent)
      announce_credentials(work, call, *now, "password_reset", token, work.now() + lifetime);
    else
      work.event("auth.reset_of_unknown_login", "nobody");
    work.audit({.resource_id = sent ? now->id : std::string(), .patient_id = sent ? now->patient_id : std::nullopt});
  });
  return {true, "If there is an account with this login, a link was sent to its contact."};
}

Acknowledged reset_password(Call& call, const ResetPassword& request) {
  set_password_by_link(call, request, TokenPurpose::password_reset);
  return {true, "The password was changed. Log in with it."};
}

Acknowledged accept_invitation(Call& call, const ResetPassword& request) {
  set_password_by_link(call, request, TokenPurpose::invitation);
  return {true, "The account is ready. Log in with the password."};
}

}  // namespace clinic
