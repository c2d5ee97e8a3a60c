#pragma once

#include "crypto/sealer.hpp"
#include "records/records.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace clinic {

/// Where a refresh token stands in its family (RFC 9700, 4.14.2):
///
///     current ──exchange──▶ just_spent ──grace is over──▶ spent ──▶ the family ends
///
/// `forged`: it never was one of ours.
enum class RefreshTokenState { current, just_spent, spent, forged };

/// Refresh tokens: `<session>.<generation>.<secret>`, the secret an HMAC of the two with a key of ours. So the child of
/// a token can be made again without keeping it, and an old one be told from a guess; the session keeps hashes of the
/// last two only.
class RefreshTokenFamily {
 public:
  explicit RefreshTokenFamily(const Sealer& sealer) : sealer_(sealer) {}

  /// The session that the token names; none where it has not the form of a token.
  static std::optional<std::string> session_of(std::string_view token);

  /// The session's next token, which becomes its current one; the current one becomes the one before.
  std::string advance(LoginSession& session, Timestamp now) const;
  /// The session's current token once more, for one that was just spent.
  std::string current(const LoginSession& session) const;
  RefreshTokenState state(const LoginSession& session, std::string_view token, Timestamp now,
                          std::chrono::seconds grace) const;

 private:
  std::string make(std::string_view session, std::int64_t generation) const;
  const Sealer& sealer_;
};

}  // namespace clinic
