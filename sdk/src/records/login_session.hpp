#pragma once

#include "records/record.hpp"

#include <clinic/types.hpp>
#include <clinic/words.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace clinic {

/// Somebody logged in at one place: the family of refresh tokens that come from one another, of which only the hashes
/// of the last two are kept. Erased where it ends, so what is not here is logged out.
struct LoginSession {
  std::string id;
  std::string user_id;
  Role role = Role::patient;
  std::int64_t generation = 0;  ///< how often the refresh token was exchanged
  std::string token_hash;
  std::optional<std::string> previous_token_hash;
  bool password_change_required = false;  ///< then it may do nothing else
  std::optional<std::string> origin;
  Timestamp created_at{};
  Timestamp refreshed_at{};
  Timestamp expires_at{};
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(LoginSession, (),
                      (id, user_id, role, generation, token_hash, previous_token_hash, password_change_required, origin,
                       created_at, refreshed_at, expires_at, version))

template <>
struct Table<LoginSession> {
  static constexpr std::string_view name = "login_sessions";
  static constexpr std::string_view resource = "login_session";
  static constexpr std::array constraints{index_on("user_id")};
  static constexpr std::array references{Reference{.field = "user_id",
                                                   .refers_to = RefersTo::user,
                                                   .on_rekey = OnRekey::erase,
                                                   .on_erasure = OnErasure::erase,
                                                   .exported = Exported::no}};
  static constexpr Retention retention = Retention::until_ended;
  // A login that was ended is a row that is not there.
  static constexpr InBackups in_backups = InBackups::no;
};

}  // namespace clinic
