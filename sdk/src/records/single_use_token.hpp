#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// A token that works once: only its hash is kept, bound to a purpose and a user, with an end.
struct SingleUseToken {
  std::string id;
  TokenPurpose purpose = TokenPurpose::invitation;
  std::string user_id;
  std::string token_hash;
  Timestamp created_at{};
  Timestamp expires_at{};
  std::optional<Timestamp> spent_at;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(SingleUseToken, (), (id, purpose, user_id, token_hash, created_at, expires_at, spent_at, version))

template <>
struct Table<SingleUseToken> {
  static constexpr std::string_view name = "single_use_tokens";
  static constexpr std::string_view resource = "single_use_token";
  static constexpr std::array constraints{Constraint{"token_hash"}, index_on("user_id")};
  static constexpr std::array references{Reference{.field = "user_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::follow,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::no}};
  static constexpr Retention retention = Retention::until_ended;
  // A link that was used up may be one in the backup that was not yet.
  static constexpr InBackups in_backups = InBackups::no;
};

}  // namespace clinic
