#include "crypto/password.hpp"

#include "base/formats.hpp"
#include "base/wiping.hpp"
#include "crypto/hash_forms.hpp"

#include <boost/algorithm/hex.hpp>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <stdexcept>

namespace clinic {
namespace {

/// crypt_data is 32 KiB and contains the password. It is on the heap, and wiped at the end.
struct CryptData {
  crypt_data data{};
  ~CryptData() { OPENSSL_cleanse(&data, sizeof data); }
};

std::string crypt_text(std::string_view password, const char* setting) {
  auto work = std::make_unique<CryptData>();
  std::string terminated(password);
  const char* hash = crypt_rn(terminated.c_str(), setting, &work->data, sizeof work->data);
  OPENSSL_cleanse(terminated.data(), terminated.size());
  return hash ? hash : std::string();
}

/// `pbkdf2_sha256$<iterations>$<salt>$<hash in base64>`, Django's default.
bool verify_django(std::string_view password, const HashForm& django) {
  const auto& salt = django.parts[1];
  const auto& digest = django.parts[2];
  std::array<unsigned char, 32> derived{};
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                        std::stoi(django.parts[0]), EVP_sha256(), static_cast<int>(derived.size()),
                        derived.data()) != 1)
    return false;
  std::array<unsigned char, 45> encoded{};  // 44 characters and a NUL
  const int size = EVP_EncodeBlock(encoded.data(), derived.data(), static_cast<int>(derived.size()));
  return static_cast<std::size_t>(size) == digest.size() &&
         CRYPTO_memcmp(encoded.data(), digest.data(), digest.size()) == 0;
}

/// Checks the password exactly as given, without normalisation.
bool has_hash(std::string_view password, const std::string& hash, const HashForm& form) {
  if (form.made == HashForm::Made::by_django) return verify_django(password, form);
  auto computed = crypt_text(password, hash.c_str());
  return !computed.empty() && computed[0] != '*' && computed.size() == hash.size() &&
         CRYPTO_memcmp(computed.data(), hash.data(), hash.size()) == 0;
}

}  // namespace

bool known_hash(const std::string& hash) {
  const auto form = form_of(hash);
  return form && form->cost == HashForm::Cost::moderate;
}

std::string hash_password(std::string_view password, int cost, const RandomSource& random) {
  std::array<unsigned char, 16> salt{};
  random(std::as_writable_bytes(std::span(salt)));
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (!crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), reinterpret_cast<const char*>(salt.data()),
                        salt.size(), setting.data(), setting.size()))
    throw std::runtime_error("crypt_gensalt_rn refuses the bcrypt cost");
  auto form = password_form(password);
  const Wiped wiped(form);
  auto hash = crypt_text(form, setting.data());
  if (hash.empty() || hash[0] == '*') throw std::runtime_error("crypt_rn failed");
  return hash;
}

PasswordMatch match_password(std::string_view password, const std::string& hash) {
  const auto form = form_of(hash);
  // Imported hashes must not make logins take too long: other users' logins wait in the same queue.
  if (!form || form->cost == HashForm::Cost::excessive) return PasswordMatch::none;
  auto normal = password_form(password);
  const Wiped wiped(normal);
  // Hashes of earlier versions and of other systems were made of the password as typed.
  if (has_hash(normal, hash, *form)) return PasswordMatch::normal_form;
  return normal != password && has_hash(password, hash, *form) ? PasswordMatch::as_typed : PasswordMatch::none;
}

bool verify_password(std::string_view password, const std::string& hash) {
  return match_password(password, hash) != PasswordMatch::none;
}

bool same_password(std::string_view one, std::string_view other) {
  auto first = password_form(one), second = password_form(other);
  const Wiped wiped_first(first), wiped_second(second);
  return first == second;
}

std::string generate_password(std::size_t length, const RandomSource& random) {
  static constexpr std::string_view alphabet = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
  constexpr unsigned limit = 256 / alphabet.size() * alphabet.size();  // larger bytes would favour the first letters
  for (;;) {
    std::string password;
    password.reserve(length);
    while (password.size() < length) {
      std::array<unsigned char, 64> bytes{};
      random(std::as_writable_bytes(std::span(bytes)));
      for (auto byte : bytes)
        if (byte < limit && password.size() < length) password += alphabet[byte % alphabet.size()];
      OPENSSL_cleanse(bytes.data(), bytes.size());
    }
    auto has = [&](int (*is)(int)) {
      return std::any_of(password.begin(), password.end(), [&](unsigned char c) { return is(c) != 0; });
    };
    if (has(std::isupper) && has(std::islower) && has(std::isdigit)) return password;
  }
}

std::string generate_code(const RandomSource& random) {
  constexpr std::uint32_t codes = 1'000'000, limit = 4'294'000'000;  // larger numbers would favour the first codes
  std::uint32_t number = limit;
  while (number >= limit)
    random(std::as_writable_bytes(std::span(&number, 1)));
  auto digits = std::to_string(number % codes);
  return std::string(6 - digits.size(), '0') + digits;
}

std::string generate_token(const RandomSource& random) {
  std::array<unsigned char, 32> bytes{};
  random(std::as_writable_bytes(std::span(bytes)));
  std::string token;
  token.reserve(2 * bytes.size());
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(token));
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return token;
}

}  // namespace clinic
