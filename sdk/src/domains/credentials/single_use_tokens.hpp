#pragma once

#include "engine/call.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace clinic {

/// Tokens of links, each good once, for one purpose, for a while; only their hashes are kept. A new one of a purpose
/// ends the user's older ones of it.
void store_token(UnitOfWork& work, TokenPurpose purpose, std::string_view user_id, std::string_view token,
                 std::chrono::minutes lifetime);

/// The token's row. Throws Error(token_invalid): unknown, of another purpose, spent, or past its end.
SingleUseToken find_token(Transaction& transaction, TokenPurpose purpose, std::string_view token, Timestamp now);

/// Uses it up: of two at once, one finds it spent.
SingleUseToken spend_token(UnitOfWork& work, TokenPurpose purpose, std::string_view token);

/// Ends the user's open tokens of a purpose; answers how many.
std::uint64_t revoke_tokens(UnitOfWork& work, TokenPurpose purpose, std::string_view user_id);
/// Ends all links by which the user could set a password: what they were sent to is the user's no more, or the password
/// is set.
void revoke_links(UnitOfWork& work, std::string_view user_id);

}  // namespace clinic
