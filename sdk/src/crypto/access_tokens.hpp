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

/// What an access token says (RFC 7519 names in brackets).
struct AccessClaims {
  std::string user_id;     ///< sub
  std::string session_id;  ///< sid
  Role role = Role::patient;
  Timestamp expires_at;  ///< exp
};

/// Signs and verifies access tokens. The header's `kid` chooses among our keys, and the key alone decides on the
/// algorithm (RFC 8725, 3.1), so that neither `none` nor a public key taken for an HMAC secret passes. Thread-safe.
class AccessTokens {
 public:
  /// Keys: the configured ones, the token secret, or one derived from the master key. Throws
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
  void add_secret(std::string kid, const std::string& secret);
  void add(const TokenKey& key, std::size_t index);

  std::vector<Key> keys_;
  std::chrono::seconds clock_skew_;
};

}  // namespace clinic
