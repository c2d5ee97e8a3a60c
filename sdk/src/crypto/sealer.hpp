#pragma once

#include <clinic/configuration.hpp>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

using MasterKey = std::array<unsigned char, 32>;

/// The first key encrypts. The other keys only decrypt what they encrypted before.
using MasterKeys = std::vector<MasterKey>;

/// Encrypts secrets at rest (AES-256-GCM) and makes keyed hashes (HMAC-SHA-256). Each purpose has a key of its own,
/// derived from the given key. So a text that was sealed for one purpose cannot be used for another. Thread-safe.
class Sealer {
 public:
  /// `keys` has at least one key.
  Sealer(MasterKeys keys, RandomSource random);
  ~Sealer();

  /// Returns base64 of version, key id, nonce, ciphertext and tag.
  std::string seal(std::string_view purpose, std::string_view plain) const;
  /// Throws Error(key_wrong) if the text was sealed with another key or purpose, or was changed since.
  std::string unseal(std::string_view purpose, std::string_view sealed) const;
  /// Whether the text was sealed with the current key.
  bool current(std::string_view sealed) const;
  /// Returns 64 hexadecimal digits, with the current key. `purpose` is one of few: its key is kept.
  std::string keyed_hash(std::string_view purpose, std::string_view text) const;

 private:
  class Key;
  std::vector<std::unique_ptr<const Key>> keys_;
  RandomSource random_;
};

/// Returns 32 bytes.
std::string sha256_bytes(std::string_view text);
/// Returns 64 hexadecimal digits. For tokens that are random themselves.
std::string sha256(std::string_view text);

}  // namespace clinic
