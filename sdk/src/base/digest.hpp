#pragma once

#include <Poco/Crypto/DigestEngine.h>

#include <string>
#include <string_view>

namespace clinic {

/// SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  void add(std::string_view bytes) { engine_.update(bytes.data(), bytes.size()); }
  /// In hexadecimal; begins anew.
  std::string finish() { return Poco::DigestEngine::digestToHex(engine_.digest()); }

 private:
  Poco::Crypto::DigestEngine engine_{"SHA256"};
};

}  // namespace clinic
