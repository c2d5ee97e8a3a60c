#pragma once

#include <clinic/configuration.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

using MasterKey = std::array<unsigned char, 32>;

/// Encrypts what is secret at rest (AES-256-GCM) and makes keyed hashes (HMAC-SHA-256). Each purpose has a key of its
/// own, derived from the master key, so that what is sealed for one purpose cannot pass for another. Thread-safe.
class Sealer {
 public:
  Sealer(const MasterKey& master, RandomSource random);

  /// Base64 of version, nonce, ciphertext and tag.
  std::string seal(std::string_view purpose, std::string_view plain) const;
  /// Throws Error(key_wrong) when it was sealed with another key or purpose, or changed since.
  std::string unseal(std::string_view purpose, std::string_view sealed) const;
  /// 64 hexadecimal digits.
  std::string keyed_hash(std::string_view purpose, std::string_view text) const;

 private:
  std::vector<unsigned char> key_for(std::string_view purpose) const;
  MasterKey master_;
  RandomSource random_;
};

/// 64 hexadecimal digits; for tokens that are random themselves.
std::string sha256(std::string_view text);

}  // namespace clinic
