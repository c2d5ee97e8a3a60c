#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clinic {

/// A password hash, as far as it can be judged without a password.
struct HashForm {
  enum class Cost : std::uint8_t {
    moderate,  ///< a login takes a second at the most, on a machine of today
    high,      ///< seconds
    excessive
  };
  enum class Made : std::uint8_t { by_crypt, by_django };

  Made made;
  Cost cost;
  std::vector<std::string> parts;  ///< of Django's: iterations, salt, digest
};

/// Nothing where the hash is of no form that is known, or cannot be one that was ever made in that form: its digest is
/// too short, or has letters that no digest has.
std::optional<HashForm> form_of(const std::string& hash);

}  // namespace clinic
