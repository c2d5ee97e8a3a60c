#include "login_sessions.hpp"

#include "../core/engine.hpp"
#include "../identity/people.hpp"
#include "refresh_tokens.hpp"
#include "single_use_tokens.hpp"

namespace clinic {

Tokens tokens_of(const Call& call, const User& user, const LoginSession& session, std::string refresh_token) {
  const auto now = call.now();
  const auto lifetime = std::chrono::minutes(call.policy().access_token_minutes);
  Tokens tokens;
  tokens.access_token = call.engine().access_tokens().sign({user.id, session.id, session.role, now + lifetime}, now);
  tokens.refresh_token = std::move(refresh_token);
  tokens.expires_in = std::chrono::seconds(lifetime).count();
  tokens.refresh_expires_at = session.expires_at;
  tokens.password_change_required = session.password_change_required;
  tokens.user = view(user);
  return tokens;
}

Tokens start_login(UnitOfWork& work, const Call& call, const User& user) {
  work.of<LoginSession>().erase_where(where(&LoginSession::user_id) == user.id &&
                                      where(&LoginSession::expires_at) < work.now());
  LoginSession session;
  session.id = work.new_id();
  session.user_id = user.id;
  session.role = user.role;
  session.password_change_required = user.password_change_required;
  if (!call.options().origin.empty()) session.origin = call.options().origin;
  session.created_at = work.now();
  session.expires_at = work.now() + std::chrono::days(call.policy().refresh_token_days);
  auto refresh_token = RefreshTokenFamily(call.engine().sealer()).advance(session, work.now());
  work.of<LoginSession>().insert(session);
  return tokens_of(call, user, session, std::move(refresh_token));
}

std::int64_t end_logins(UnitOfWork& work, std::string_view user_id, std::string_view kept) {
  auto ended = where(&LoginSession::user_id) == user_id;
  if (!kept.empty()) ended = std::move(ended) && where(&LoginSession::id) != kept;
  return static_cast<std::int64_t>(work.of<LoginSession>().erase_where(std::move(ended)));
}

void shut_out(UnitOfWork& work, std::string_view user_id) {
  end_logins(work, user_id);
  revoke_links(work, user_id);
}

const std::string& own_id(const Call& call) {
  if (!call.actor().id()) throw Error(ErrorCode::not_authenticated, "This is for a user who is logged in.");
  return *call.actor().id();
}

}  // namespace clinic
