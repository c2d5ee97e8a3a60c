#include "domains/credentials/single_use_tokens.hpp"

#include "crypto/sealer.hpp"

namespace clinic {

void store_token(UnitOfWork& work, TokenPurpose purpose, std::string_view user_id, std::string_view token,
                 std::chrono::minutes lifetime) {
  revoke_tokens(work, purpose, user_id);
  SingleUseToken row;
  row.id = work.new_id();
  row.purpose = purpose;
  row.user_id = user_id;
  row.token_hash = sha256(token);
  row.created_at = work.now();
  row.expires_at = work.now() + lifetime;
  work.of<SingleUseToken>().insert(row);
}

SingleUseToken find_token(Transaction& transaction, TokenPurpose purpose, std::string_view token, Timestamp now) {
  auto row = Repository<SingleUseToken>(transaction).first(where(&SingleUseToken::token_hash) == sha256(token));
  if (!row || row->purpose != purpose || row->spent_at || row->expires_at <= now)
    throw Error(ErrorCode::token_invalid, "The link was used, or has ended.");
  return std::move(*row);
}

SingleUseToken spend_token(UnitOfWork& work, TokenPurpose purpose, std::string_view token) {
  auto row = find_token(work.transaction(), purpose, token, work.now());
  row.spent_at = work.now();
  work.of<SingleUseToken>().update(row);
  return row;
}

std::uint64_t revoke_tokens(UnitOfWork& work, TokenPurpose purpose, std::string_view user_id) {
  return work.of<SingleUseToken>().erase_where(where(&SingleUseToken::user_id) == user_id &&
                                               where(&SingleUseToken::purpose) == purpose &&
                                               where(&SingleUseToken::spent_at).is_null());
}

void revoke_links(UnitOfWork& work, std::string_view user_id) {
  work.of<SingleUseToken>().erase_where(where(&SingleUseToken::user_id) == user_id &&
                                        (where(&SingleUseToken::purpose) == TokenPurpose::password_reset ||
                                         where(&SingleUseToken::purpose) == TokenPurpose::invitation) &&
                                        where(&SingleUseToken::spent_at).is_null());
}

}  // namespace clinic
