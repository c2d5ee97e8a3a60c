#include "password.hpp"

#include "../description/formats.hpp"
#include "wiping.hpp"

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/split.hpp>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace clinic {
namespace {

/// crypt_data is 32 KiB and keeps the password: on the heap, wiped at the end.
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
struct DjangoHash {
  int iterations = 0;
  std::string salt, hash;
};

std::optional<DjangoHash> django_hash(const std::string& text) {
  std::vector<std::string> parts;
  boost::algorithm::split(parts, text, [](char c) { return c == '$'; });
  if (parts.size() != 4 || parts[0] != "pbkdf2_sha256" || parts[2].empty() || parts[3].empty()) return std::nullopt;
  DjangoHash hash{0, parts[2], parts[3]};
  const auto* end = parts[1].data() + parts[1].size();
  // Above the bound nobody waits for an answer: an import must not make a login into a trap.
  if (const auto read = std::from_chars(parts[1].data(), end, hash.iterations);
      read.ec != std::errc() || read.ptr != end || hash.iterations < 1 || hash.iterations > 10'000'000)
    return std::nullopt;
  return hash;
}

bool verify_django(std::string_view password, const DjangoHash& django) {
  std::array<unsigned char, 32> derived{};
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>(django.salt.data()),
                        static_cast<int>(django.salt.size()), django.iterations, EVP_sha256(),
                        static_cast<int>(derived.size()), derived.data()) != 1)
    return false;
  std::array<unsigned char, 45> encoded{};  // 44 characters and a NUL
  const int size = EVP_EncodeBlock(encoded.data(), derived.data(), static_cast<int>(derived.size()));
  return static_cast<std::size_t>(size) == django.hash.size() &&
         CRYPTO_memcmp(encoded.data(), django.hash.data(), django.hash.size()) == 0;
}

/// The number at the beginning of the text, or more than any bound where there is none.
unsigned long number_in(std::string_view text) {
  unsigned long number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? number : std::numeric_limits<unsigned long>::max();
}

/// Whether a hash of crypt(3) says that it takes seconds at the most, not days: whoever brings hashes along must not
/// make logins into traps, for those of others too, who wait for their turn (crypt(5) has the forms).
bool affordable(std::string_view hash) {
  constexpr unsigned long most_rounds = 2'000'000;
  constexpr std::string_view digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (hash.starts_with("$2")) return hash.size() > 7 && number_in(hash.substr(4, 2)) <= 16;  // bcrypt: $2b$12$
  for (const std::string_view rounds : {"$5$rounds=", "$6$rounds=", "$sha1$", "$md5,rounds="})
    if (hash.starts_with(rounds)) return number_in(hash.substr(rounds.size())) <= most_rounds;
  for (const std::string_view yescrypt : {"$y$", "$gy$"})  // $y$j9T$: kind, cost, block size, and no more
    if (hash.starts_with(yescrypt)) {
      const auto parameters = hash.substr(yescrypt.size(), 4);
      return parameters.size() == 4 && parameters[0] == 'j' && digits.find(parameters[1]) <= digits.find('F') &&
             digits.find(parameters[2]) <= digits.find('T') && parameters[3] == '$';
    }
  if (hash.starts_with("$7$"))  // scrypt: $7$CU..../....
    return hash.size() > 14 && digits.find(hash[3]) <= digits.find('G') && hash.substr(4, 10) == "U..../....";
  return true;
}

/// As it stands.
bool has_hash(std::string_view password, const std::string& hash) {
  if (const auto django = django_hash(hash)) return verify_django(password, *django);
  if (!affordable(hash)) return false;
  auto computed = crypt_text(password, hash.c_str());
  return !computed.empty() && computed[0] != '*' && computed.size() == hash.size() &&
         CRYPTO_memcmp(computed.data(), hash.data(), hash.size()) == 0;
}

}  // namespace

bool known_hash(const std::string& hash) {
  if (django_hash(hash)) return true;
  if (!hash.starts_with('$') || hash.size() <= 13 || !affordable(hash)) return false;
  // Asks libxcrypt by trying: an unknown format yields no hash.
  const auto tried = crypt_text("", hash.c_str());
  return !tried.empty() && tried[0] != '*';
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

bool verify_password(std::string_view password, const std::string& hash) {
  auto form = password_form(password);
  const Wiped wiped(form);
  // Hashes of former versions, and those from elsewhere, are of what was typed.
  return has_hash(form, hash) || (form != password && has_hash(password, hash));
}

bool same_password(std::string_view one, std::string_view other) {
  auto first = password_form(one), second = password_form(other);
  const Wiped wiped_first(first), wiped_second(second);
  return first == second;
}

bool in_password_form(std::string_view password) {
  auto form = password_form(password);
  const Wiped wiped(form);
  return form == password;
}

std::string generate_password(std::size_t length, const RandomSource& random) {
  static constexpr std::string_view alphabet = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
  constexpr unsigned limit =
      256 / alphabet.size() * alphabet.size();  // bytes from here on would favour the first letters
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
