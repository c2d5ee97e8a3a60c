/// \file
/// auth.login, auth.refresh, auth.logout, auth.me.

#include "base/formats.hpp"
#include "crypto/password.hpp"
#include "domains/access/operations.hpp"
#include "domains/access/tokens.hpp"
#include "domains/credentials/accounts_by_login.hpp"
#include "domains/credentials/login_sessions.hpp"
#include "domains/credentials/refresh_tokens.hpp"
#include "domains/people/people.hpp"
#include "engine/engine.hpp"

namespace clinic {

std::string attempts_at(const Policy& policy, std::string_view login) {
  return "name:" + phone_typed(policy, trimmed(login)).value_or(fold(login));  // an email's key is this, too
}

std::string attempts_of(const std::string& user_id) { return "account:" + user_id; }

void forget_attempts(UnitOfWork& work, const Call& call, const User& user, std::string_view kind,
                     const std::string& also) {
  std::vector<std::string> names{user.username};
  const bool staff = user.role != Role::patient;
  if (user.email && (!staff || user.email_verified_at)) names.push_back(*user.email);
  // A phone that others have too is nobody's name; else whoever gives somebody's for his own could guess on and on.
  const bool own_phone =
      user.phone_key && (!staff || user.phone_verified_at) &&
      (user.phone_login_key || !work.of<User>().first(found_by_phone(*user.phone_key) && where(&User::id) != user.id));
  if (own_phone) names.push_back(*user.phone_key);
  if (const auto patient = own_patient(work.transaction(), user)) names.push_back(patient->number);
  std::vector<std::string> what{std::string(kind) + attempts_of(user.id)};
  for (const auto& name : names)
    what.push_back(std::string(kind) + attempts_at(call.policy(), name));
  if (!also.empty()) what.push_back(also);
  call.engine().attempts().clear(work.transaction(), what);
}

std::string new_token(const Call& call) {
  return generate_token([&](std::span<std::byte> bytes) { call.engine().random(bytes); });
}

void count_code_sent(Call& call, const std::string& contact_key) {
  call.engine().attempts().make(guarded_by(call, "start:" + contact_key, "start address:"), call.now(),
                                [] { return false; });
}

std::vector<Guarded> guarded_by(const Call& call, std::string what, std::string_view where_from) {
  std::vector<Guarded> guarded{{std::move(what), call.policy().attempts_per_account}};
  if (!call.options().origin.empty())
    guarded.push_back({std::string(where_from) + call.options().origin, call.policy().attempts_per_address});
  return guarded;
}

namespace {

/// Nothing: the account has another hash by now, which stands in `found`; or it is not there any more.
std::optional<Tokens> open_login(Call& call, User& found, const std::optional<std::string>& new_hash,
                                 const std::vector<Guarded>& guarded) {
  auto& engine = call.engine();
  std::optional<Tokens> tokens;
  call.step([&](UnitOfWork& work) {
    tokens.reset();
    auto known = work.of<User>().find(found.id);
    if (!known) throw NothingToDo{};
    auto& user = *known;
    if (user.password_hash != found.password_hash) {
      found = std::move(user);
      throw NothingToDo{};
    }
    if (!user.active) throw Error(ErrorCode::account_inactive);
    if (user.locked_until && *user.locked_until > work.now())
      throw Error(ErrorCode::account_inactive, "The account is locked for some time.");
    if (user.password_expires_at && *user.password_expires_at <= work.now()) throw Error(ErrorCode::password_expired);
    const auto counter = engine.attempts().look(work.transaction(), guarded.front().what);
    user.failed_logins = counter ? counter->attempts - 1 : 0;
    user.last_login_at = work.now();
    if (!user.claimed_at) user.claimed_at = work.now();
    if (new_hash) user.password_hash = new_hash;
    update(work, user);
    // What was typed is not always a name of the account: a phone may have become another's as well since. Names before
    // addresses, as those who take attempts lock them.
    forget_attempts(work, call, user, {}, guarded.front().what);
    for (auto address = guarded.begin() + 1; address != guarded.end(); ++address)
      engine.attempts().take_back(work.transaction(), *address);
    tokens = start_login(work, call, user);
    work.audit({.resource_id = user.id, .patient_id = user.patient_id, .actor = &user});
  });
  return tokens;
}

}  // namespace

Tokens log_in(Call& call, const LogIn& request) {
  auto& engine = call.engine();
  auto& hashing = call.hashing();  // first: who is sent away has not tried, and learns nothing of whom he named
  auto found =
      call.read([&](Transaction& transaction) { return account_by_login(transaction, call.policy(), request.login); });
  if (found) call.concerns("user", found->id, found->patient_id);
  const auto guarded = guarded_by(call, attempts_at(call.policy(), request.login), "address:");
  auto match = PasswordMatch::none;
  const auto verify = [&] {
    match = hashing.match(request.password, found ? found->password_hash : std::nullopt);
    return match != PasswordMatch::none;
  };
  if (!engine.attempts().make(guarded, call.now(), verify)) throw Error(ErrorCode::login_failed);
  for (;;) {
    const bool outdated = engine.hasher().outdated(*found->password_hash) || match == PasswordMatch::as_typed;
    const auto new_hash = outdated ? std::optional(hashing.hash(request.password)) : std::nullopt;
    const auto checked = found->password_hash;
    if (const auto tokens = open_login(call, *found, new_hash, guarded)) return *tokens;
    // Another login of this moment may have replaced an outdated hash; or the password is another one now.
    if (found->password_hash == checked || !verify()) throw Error(ErrorCode::login_failed);
  }
}

Tokens refresh_tokens(Call& call, const RefreshTokens& request) {
  const RefreshTokenFamily family(call.engine().sealer());
  const auto session_id = RefreshTokenFamily::session_of(request.refresh_token);
  if (!session_id) throw Error(ErrorCode::token_invalid);
  std::optional<Tokens> tokens;
  call.step([&](UnitOfWork& work) {
    tokens.reset();
    auto session = work.of<LoginSession>().find(*session_id);
    if (!session || session->expires_at <= work.now()) throw Error(ErrorCode::token_invalid);
    const auto user = find_user(work.transaction(), session->user_id);
    call.concerns("user", user.id, user.patient_id);
    const std::chrono::seconds grace(call.policy().refresh_grace_seconds);
    switch (family.state(*session, request.refresh_token, work.now(), grace)) {
      case RefreshTokenState::current: {
        auto token = family.advance(*session, work.now());
        session->expires_at = work.now() + std::chrono::days(call.policy().refresh_token_days);
        work.of<LoginSession>().update(*session);
        tokens = tokens_of(call, user, *session, std::move(token));
        work.audit({.resource_id = user.id, .patient_id = user.patient_id, .actor = &user});
        return;
      }
      case RefreshTokenState::just_spent:
        tokens = tokens_of(call, user, *session, family.current(*session));
        throw NothingToDo{};
      case RefreshTokenState::spent:
        // Two hold tokens of one family, and one of them is a thief: nobody knows which (RFC 9700, 4.14.2).
        work.of<LoginSession>().erase(session->id);
        work.audit({.resource_id = user.id,
                    .patient_id = user.patient_id,
                    .metadata = json_object({{"session_id", session->id}}),
                    .action = "REFRESH_TOKEN_REPLAYED"});
        return;
      case RefreshTokenState::forged:
        throw Error(ErrorCode::token_invalid);
    }
  });
  if (!tokens) throw Error(ErrorCode::token_invalid, "It was used before; the login was ended.");
  return std::move(*tokens);
}

EndedSessions log_out(Call& call, const LogOut& request) {
  std::optional<std::string> ended;
  if (call.actor().login()) ended = call.actor().login()->session_id;
  if (!ended && request.refresh_token) ended = RefreshTokenFamily::session_of(*request.refresh_token);
  if (!ended) throw Error(ErrorCode::not_authenticated, "Give the access token or the refresh token of the login.");
  EndedSessions result;
  call.step([&](UnitOfWork& work) {
    result = {};
    const auto session = work.of<LoginSession>().find(*ended);
    if (!session) throw NothingToDo{};
    const RefreshTokenFamily family(call.engine().sealer());
    if (!call.actor().login() &&
        family.state(*session, *request.refresh_token, work.now(), {}) == RefreshTokenState::forged)
      throw NothingToDo{};
    work.of<LoginSession>().erase(session->id);
    result.sessions_ended = 1;
    work.audit({.resource_id = session->user_id});
  });
  return result;
}

EndedSessions log_out_everywhere(Call& call, const Nothing&) {
  EndedSessions result;
  call.step([&](UnitOfWork& work) {
    result.sessions_ended = end_logins(work, own_id(call));
    work.audit({.resource_id = own_id(call)});
  });
  return result;
}

Me me(Call& call, Transaction& transaction, const Nothing&) {
  Me me;
  auto user = find_user(transaction, own_id(call));
  if (auto patient = own_patient(transaction, user)) me.patient = view(call, std::move(*patient));
  me.user = view(std::move(user));
  return me;
}

}  // namespace clinic
