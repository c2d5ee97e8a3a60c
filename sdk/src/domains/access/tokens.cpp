#include "domains/access/tokens.hpp"

#include "domains/credentials/refresh_tokens.hpp"
#include "domains/people/people.hpp"
#include "engine/engine.hpp"

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

}  // namespace clinic
