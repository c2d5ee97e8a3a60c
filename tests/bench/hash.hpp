#pragma once

#include <crypt.h>

#include <stdexcept>

namespace clinic::bench {

/// The bare side's hash: bcrypt at cost 4, straight from libxcrypt.
inline void bare_hash() {
  static crypt_data work{};
  if (!crypt_rn("Temporary2026", "$2b$04$abcdefghijklmnopqrstuu", &work, sizeof work))
    throw std::runtime_error("crypt_rn failed");
}

}  // namespace clinic::bench
