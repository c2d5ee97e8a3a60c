#pragma once

#include <clinic/configuration.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace clinic {

/// bcrypt ($2b$) of the password's normal form, in crypt(3) format, by libxcrypt. It is slow on purpose: never call it
/// in a transaction or under a lock.
std::string hash_password(std::string_view password, int cost, const RandomSource& random);

/// Whether the password, in its normal form or as typed, has that hash. The hash may have any format of libxcrypt, or
/// Django's pbkdf2_sha256$. The comparison takes constant time. If the two forms differ, a wrong password takes two
/// hashes.
bool verify_password(std::string_view password, const std::string& hash);

/// The form in which a password matches a hash.
enum class PasswordMatch : std::uint8_t { none, normal_form, as_typed };
/// The same check, and the form that matched.
PasswordMatch match_password(std::string_view password, const std::string& hash);

/// Whether two passwords have the same normal form.
bool same_password(std::string_view one, std::string_view other);

/// Whether a password with this hash can exist, and a login with it takes a second at the most. The hash itself says
/// how much work it takes. No password is tried, so the check is fast.
bool known_hash(const std::string& hash);

/// A random password, uniform over letters and digits that look different (no 0 O 1 l I), with at least one capital,
/// one small letter and one digit.
std::string generate_password(std::size_t length, const RandomSource& random);

/// Six random digits, for codes that people type.
std::string generate_code(const RandomSource& random);

/// 256 random bits in hexadecimal, for links and for secrets of a configuration.
std::string generate_token(const RandomSource& random);

}  // namespace clinic
