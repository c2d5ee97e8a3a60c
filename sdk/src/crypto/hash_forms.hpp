#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// What can be read from a password hash without the password.
struct HashForm {
  enum class Cost : std::uint8_t {
    moderate,  ///< a login takes a second at the most on a current machine
    high,      ///< seconds
    excessive
  };
  enum class Made : std::uint8_t { by_crypt, by_django };

  Made made;
  Cost cost;
  std::vector<std::string> parts;  ///< Django's format only: iterations, salt, digest
};

/// Empty if the hash has no known format, or cannot be valid in its format: its digest is too short, or has letters
/// that no digest has.
std::optional<HashForm> form_of(const std::string& hash);

}  // namespace clinic
