#pragma once

#include <clinic/configuration.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace clinic {

/// bcrypt ($2b$) of the password's normal form, in crypt(3) format, by libxcrypt. Takes long on purpose: never call it
/// in a transaction or under a lock.
std::string hash_password(std::string_view password, int cost, const RandomSource& random);

/// Whether the password, in its normal form or as it was typed, has that hash, in any format that libxcrypt knows, or
/// Django's pbkdf2_sha256$. Compares in constant time; where the two forms differ, a wrong password takes two hashes.
bool verify_password(std::string_view password, const std::string& hash);

/// In which form a password has a hash.
enum class PasswordMatch : std::uint8_t { none, normal_form, as_typed };
/// The same, and in which form.
PasswordMatch match_password(std::string_view password, const std::string& hash);

/// Whether two passwords are the same to whoever types them.
bool same_password(std::string_view one, std::string_view other);

/// Whether some password may have the hash, and a login with it takes a second at the most: a hash says itself how much
/// work it takes. Tries none, and so takes no time.
bool known_hash(const std::string& hash);

/// Uniform over letters and digits that are not taken for one another (no 0 O 1 l I); at least one capital, one small
/// letter and one digit.
std::string generate_password(std::size_t length, const RandomSource& random);

/// 256 random bits in hexadecimal, for links.
std::string generate_token(const RandomSource& random);

}  // namespace clinic
