#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace clinic::http {

/// The 32 bytes of a SHA-256.
inline std::string sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace clinic::http
