#pragma once

#include <Poco/Crypto/DigestEngine.h>

#include <string>
#include <string_view>

namespace clinic {

/// Computes SHA-256 over pieces of data.
class Sha256 {
 public:
  void add(std::string_view bytes) { engine_.update(bytes.data(), bytes.size()); }
  /// Returns the digest in hexadecimal, and starts a new one.
  std::string finish() { return Poco::DigestEngine::digestToHex(engine_.digest()); }

 private:
  Poco::Crypto::DigestEngine engine_{"SHA256"};
};

}  // namespace clinic
