#include "domains/credentials/login_sessions.hpp"

#include "domains/credentials/single_use_tokens.hpp"

namespace clinic {

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
