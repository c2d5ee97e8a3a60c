#pragma once

#include <clinic/configuration.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

using MasterKey = std::array<unsigned char, 32>;

/// The first encrypts; the others only decrypt what they encrypted before.
using MasterKeys = std::vector<MasterKey>;

/// Encrypts what is secret at rest (AES-256-GCM) and makes keyed hashes (HMAC-SHA-256). Each purpose has a key of its
/// own, derived from the master key, so that what is sealed for one purpose cannot pass for another. Thread-safe.
class Sealer {
 public:
  /// `keys` holds one at least.
  Sealer(MasterKeys keys, RandomSource random);

  /// Base64 of version, key id, nonce, ciphertext and tag.
  std::string seal(std::string_view purpose, std::string_view plain) const;
  /// Throws Error(key_wrong) when it was sealed with another key or purpose, or changed since.
  std::string unseal(std::string_view purpose, std::string_view sealed) const;
  /// Whether it was sealed with the present key.
  bool current(std::string_view sealed) const;
  /// 64 hexadecimal digits, with the present key.
  std::string keyed_hash(std::string_view purpose, std::string_view text) const;

 private:
  struct Key {
    MasterKey master;
    std::array<unsigned char, 4> id;
  };
  std::vector<Key> keys_;
  RandomSource random_;
};

/// 64 hexadecimal digits; for tokens that are random themselves.
std::string sha256(std::string_view text);

}  // namespace clinic
