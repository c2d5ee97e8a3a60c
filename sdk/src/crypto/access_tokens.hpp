#pragma once

#include "crypto/sealer.hpp"

#include <clinic/configuration.hpp>
#include <clinic/words.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Poco::JWT {
class Signer;
}

namespace clinic {

/// The claims of an access token (RFC 7519 names in the comments).
struct AccessClaims {
  std::string user_id;     ///< sub
  std::string session_id;  ///< sid
  Role role = Role::patient;
  Timestamp expires_at;  ///< exp
};

/// Signs and verifies access tokens. The header's `kid` selects the key, and the key alone decides the algorithm (RFC
/// 8725, 3.1). So `none` is refused, and a public key cannot be used as an HMAC secret. Thread-safe.
class AccessTokens {
 public:
  /// The keys are the configured ones, the token secret, or one derived from the database's key. Throws
  /// Error(configuration_invalid).
  AccessTokens(const Configuration& configuration, const Sealer& sealer, std::chrono::seconds clock_skew);
  ~AccessTokens();

  std::string sign(const AccessClaims& claims, Timestamp now) const;
  /// Throws Error: token_invalid, token_expired.
  AccessClaims verify(std::string_view token, Timestamp now) const;

 private:
  struct Key {
    std::string kid;
    std::string algorithm;
    std::unique_ptr<Poco::JWT::Signer> signer;
  };
  /// What a token says, where its signature is right.
  struct Verified {
    AccessClaims claims;
    Timestamp not_before{};
  };
  struct Known;

  void add_secret(std::string kid, const std::string& secret);
  void add(const TokenKey& key, std::size_t index);
  Verified read(std::string_view token) const;

  std::vector<Key> keys_;
  std::chrono::seconds clock_skew_;
  std::unique_ptr<Known> known_;
};

}  // namespace clinic
